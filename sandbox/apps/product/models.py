# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Max
from django.utils import timezone


class ProductType(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=255, unique=True)
    kind = models.CharField(max_length=32)
    is_shipping_required = models.BooleanField(default=True)
    is_digital = models.BooleanField(default=False)
    has_variants = models.BooleanField(default=True)
    tax_class = models.ForeignKey(
        "tax.TaxClass", on_delete=models.SET_NULL, related_name="product_types", null=True
    )

    class Meta:
        ordering = ["slug"]


class Category(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=255, unique=True)
    description_plaintext = models.TextField(blank=True)
    updated_at = models.DateTimeField(null=True)
    parent = models.ForeignKey(
        "Category", on_delete=models.CASCADE, related_name="children", null=True
    )
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField()
    tree_id = models.PositiveIntegerField()
    level = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new category its place in the nested sets."""
        if self._state.adding and not self.tree_id:
            self._take_place()
        super().save(*args, **kwargs)

    def _take_place(self) -> None:
        parent = self.parent and Category.objects.get(pk=self.parent.pk)
        if parent is None:
            last = Category.objects.aggregate(last=Max("tree_id"))["last"] or 0
            self.tree_id, self.level, self.lft, self.rght = last + 1, 0, 1, 2
            return
        tree = Category.objects.filter(tree_id=parent.tree_id)
        tree.filter(lft__gt=parent.rght).update(lft=F("lft") + 2)
        tree.filter(rght__gte=parent.rght).update(rght=F("rght") + 2)
        self.tree_id, self.level = parent.tree_id, parent.level + 1
        self.lft, self.rght = parent.rght, parent.rght + 1


class Product(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    product_type = models.ForeignKey(
        "ProductType", on_delete=models.CASCADE, related_name="products"
    )
    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=255, unique=True)
    description_plaintext = models.TextField(blank=True)
    category = models.ForeignKey(
        "Category", on_delete=models.SET_NULL, related_name="products", null=True
    )
    tax_class = models.ForeignKey(
        "tax.TaxClass", on_delete=models.SET_NULL, related_name="products", null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    default_variant = models.OneToOneField(
        "ProductVariant", on_delete=models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class ProductChannelListing(models.Model):
    published_at = models.DateTimeField(null=True)
    is_published = models.BooleanField(default=False)
    product = models.ForeignKey(
        "Product", on_delete=models.CASCADE, related_name="channel_listings"
    )
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.CASCADE, related_name="product_listings"
    )
    visible_in_listings = models.BooleanField(default=False)
    available_for_purchase_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3)
    discounted_price_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)

    class Meta:
        ordering = ["pk"]
        unique_together = [["product", "channel"]]


class ProductVariant(models.Model):
    sort_order = models.IntegerField(null=True)
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    sku = models.CharField(max_length=255, unique=True, null=True)
    name = models.CharField(max_length=255)
    product = models.ForeignKey("Product", on_delete=models.CASCADE, related_name="variants")
    track_inventory = models.BooleanField(default=True)
    is_preorder = models.BooleanField(default=False)
    preorder_end_date = models.DateTimeField(null=True)
    preorder_global_threshold = models.IntegerField(null=True)
    quantity_limit_per_customer = models.IntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["sort_order", "sku"]

    def __str__(self) -> str:
        return self.name or self.sku or f"ID:{self.pk}"

    def is_preorder_active(self) -> bool:
        """Tell whether the variant is sold as a preorder now."""
        ended = self.preorder_end_date is not None and timezone.now() > self.preorder_end_date
        return self.is_preorder and not ended


class ProductVariantChannelListing(models.Model):
    variant = models.ForeignKey(
        "ProductVariant", on_delete=models.CASCADE, related_name="channel_listings"
    )
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.CASCADE, related_name="variant_listings"
    )
    currency = models.CharField(max_length=3)
    price_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    discounted_price_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    preorder_quantity_threshold = models.IntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        unique_together = [["variant", "channel"]]
