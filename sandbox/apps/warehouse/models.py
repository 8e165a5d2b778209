# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from sandbox.apps.channel.models import Channel


class Warehouse(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    external_reference = models.CharField(max_length=250, unique=True, null=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=255, unique=True)
    address = models.ForeignKey("account.Address", on_delete=models.PROTECT)
    email = models.EmailField(max_length=254, default="")
    click_and_collect_option = models.CharField(max_length=30, default="disabled")
    is_private = models.BooleanField(default=True)
    channels: models.ManyToManyField[Channel, ChannelWarehouse] = models.ManyToManyField(
        "channel.Channel", related_name="warehouses", through="ChannelWarehouse"
    )
    shipping_zones = models.ManyToManyField("shipping.ShippingZone", related_name="warehouses")

    class Meta:
        ordering = ["-slug"]

    def __str__(self) -> str:
        return self.name


class ChannelWarehouse(models.Model):
    sort_order = models.IntegerField(null=True)
    channel = models.ForeignKey(
        "channel.Channel", on_delete=models.CASCADE, related_name="channelwarehouse"
    )
    warehouse = models.ForeignKey(
        "Warehouse", on_delete=models.CASCADE, related_name="channelwarehouse"
    )

    class Meta:
        ordering = ["sort_order", "pk"]
        unique_together = [["channel", "warehouse"]]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Put a new link at the end of the channel's order."""
        if self._state.adding and self.sort_order is None:
            links = ChannelWarehouse.objects.filter(channel=self.channel)
            last = links.aggregate(last=models.Max("sort_order"))["last"]
            self.sort_order = 0 if last is None else last + 1
        super().save(*args, **kwargs)


class Stock(models.Model):
    warehouse = models.ForeignKey("Warehouse", on_delete=models.CASCADE)
    product_variant = models.ForeignKey(
        "product.ProductVariant", on_delete=models.CASCADE, related_name="stocks"
    )
    quantity = models.IntegerField(default=0)
    quantity_allocated = models.IntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        unique_together = [["warehouse", "product_variant"]]


class Allocation(models.Model):
    """Units of a stock that an order line holds; as in Saleor, a pair may have several rows."""

    order_line = models.ForeignKey(
        "order.OrderLine", on_delete=models.CASCADE, related_name="allocations"
    )
    stock = models.ForeignKey("Stock", on_delete=models.CASCADE, related_name="allocations")
    quantity_allocated = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]


class Reservation(models.Model):
    checkout_line = models.ForeignKey(
        "checkout.CheckoutLine", on_delete=models.CASCADE, related_name="reservations"
    )
    stock = models.ForeignKey("Stock", on_delete=models.CASCADE, related_name="reservations")
    quantity_reserved = models.PositiveIntegerField(default=0)
    reserved_until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
