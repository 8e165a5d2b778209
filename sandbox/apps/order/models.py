# ruff: noqa: DJ001, DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone


def next_order_number() -> int:
    """Draw the next order number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('order_order_number_seq')")
        return int(cursor.fetchone()[0])


class Order(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.IntegerField(unique=True, default=next_order_number)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    status = models.CharField(max_length=32, default="unfulfilled")
    authorize_status = models.CharField(max_length=32, default="none")
    charge_status = models.CharField(max_length=32, default="none")
    user = models.ForeignKey(
        "account.User", on_delete=models.SET_NULL, related_name="orders", null=True
    )
    language_code = models.CharField(max_length=35, default="en")
    billing_address = models.ForeignKey(
        "account.Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    shipping_address = models.ForeignKey(
        "account.Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    user_email = models.EmailField(max_length=254, default="")
    original = models.ForeignKey("Order", on_delete=models.SET_NULL, related_name="+", null=True)
    origin = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    shipping_method = models.ForeignKey(
        "shipping.ShippingMethod", on_delete=models.SET_NULL, related_name="orders", null=True
    )
    collection_point = models.ForeignKey(
        "warehouse.Warehouse", on_delete=models.SET_NULL, related_name="orders", null=True
    )
    shipping_method_name = models.CharField(max_length=255, null=True, default=None)
    collection_point_name = models.CharField(max_length=255, null=True, default=None)
    channel = models.ForeignKey("channel.Channel", on_delete=models.PROTECT, related_name="orders")
    shipping_price_net_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    shipping_price_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    shipping_tax_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    checkout_token = models.CharField(max_length=36)
    lines_count = models.PositiveIntegerField(default=0)
    total_net_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    undiscounted_total_net_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    total_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    undiscounted_total_gross_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    total_charged_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    total_authorized_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    subtotal_net_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    subtotal_gross_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    voucher = models.ForeignKey(
        "discount.Voucher", on_delete=models.SET_NULL, related_name="+", null=True
    )
    voucher_code = models.CharField(max_length=255, null=True)
    customer_note = models.TextField(default="")
    redirect_url = models.URLField(null=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"#{self.number}"


class OrderLine(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    order = models.ForeignKey("Order", on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(
        "product.ProductVariant", on_delete=models.SET_NULL, related_name="order_lines", null=True
    )
    product_name = models.CharField(max_length=386)
    variant_name = models.CharField(max_length=255, default="")
    translated_product_name = models.CharField(max_length=386, default="")
    translated_variant_name = models.CharField(max_length=255, default="")
    product_sku = models.CharField(max_length=255, null=True)
    product_variant_id = models.CharField(max_length=255, null=True)
    product_type_id = models.IntegerField(null=True)
    is_shipping_required = models.BooleanField()
    is_gift_card = models.BooleanField()
    quantity = models.IntegerField()
    quantity_fulfilled = models.IntegerField(default=0)
    currency = models.CharField(max_length=3)
    unit_price_net_amount = models.DecimalField(max_digits=20, decimal_places=3)
    unit_price_gross_amount = models.DecimalField(max_digits=20, decimal_places=3)
    total_price_net_amount = models.DecimalField(max_digits=20, decimal_places=3)
    total_price_gross_amount = models.DecimalField(max_digits=20, decimal_places=3)
    undiscounted_unit_price_net_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    undiscounted_unit_price_gross_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    undiscounted_total_price_net_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    undiscounted_total_price_gross_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    base_unit_price_amount = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    undiscounted_base_unit_price_amount = models.DecimalField(
        max_digits=20, decimal_places=3, default=0
    )
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return (
            f"{self.product_name} ({self.variant_name})"
            if self.variant_name
            else (self.product_name)
        )

    @property
    def quantity_unfulfilled(self) -> int:
        """Units that were not dispatched yet."""
        return self.quantity - self.quantity_fulfilled


class Fulfillment(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    fulfillment_order = models.PositiveIntegerField()
    order = models.ForeignKey("Order", on_delete=models.CASCADE, related_name="fulfillments")
    status = models.CharField(max_length=32, default="fulfilled")
    tracking_number = models.CharField(max_length=255, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(default="")
    shipping_refund_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    total_refund_amount = models.DecimalField(max_digits=20, decimal_places=3, null=True)

    class Meta:
        ordering = ["pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Number a new fulfilment within its order."""
        if self._state.adding and not self.fulfillment_order:
            earlier = self.order.fulfillments.aggregate(last=models.Max("fulfillment_order"))
            self.fulfillment_order = (earlier["last"] or 0) + 1
        super().save(*args, **kwargs)


class FulfillmentLine(models.Model):
    order_line = models.ForeignKey(
        "OrderLine", on_delete=models.CASCADE, related_name="fulfillment_lines"
    )
    fulfillment = models.ForeignKey("Fulfillment", on_delete=models.CASCADE, related_name="lines")
    quantity = models.PositiveIntegerField()
    stock = models.ForeignKey(
        "warehouse.Stock", on_delete=models.SET_NULL, related_name="fulfillment_lines", null=True
    )
    reason = models.TextField(default="")


class OrderGrantedRefund(models.Model):
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    amount_value = models.DecimalField(max_digits=20, decimal_places=3, default=0)
    currency = models.CharField(max_length=3)
    reason = models.TextField(default="")
    user = models.ForeignKey("account.User", on_delete=models.SET_NULL, related_name="+", null=True)
    app = models.ForeignKey("app.App", on_delete=models.SET_NULL, related_name="+", null=True)
    order = models.ForeignKey("Order", on_delete=models.CASCADE, related_name="granted_refunds")
    shipping_costs_included = models.BooleanField(default=False)
    transaction_item = models.ForeignKey(
        "payment.TransactionItem",
        on_delete=models.SET_NULL,
        related_name="granted_refund",
        null=True,
    )
    status = models.CharField(max_length=128, default="none")

    class Meta:
        ordering = ["created_at", "id"]


class OrderGrantedRefundLine(models.Model):
    order_line = models.ForeignKey(
        "OrderLine", on_delete=models.CASCADE, related_name="granted_refund_lines"
    )
    quantity = models.PositiveIntegerField()
    granted_refund = models.ForeignKey(
        "OrderGrantedRefund", on_delete=models.CASCADE, related_name="lines"
    )
    reason = models.TextField(null=True, default="")


class OrderEvent(models.Model):
    date = models.DateTimeField(default=timezone.now)
    type = models.CharField(max_length=255)
    order = models.ForeignKey("Order", on_delete=models.CASCADE, related_name="events")
    parameters = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    user = models.ForeignKey("account.User", on_delete=models.SET_NULL, related_name="+", null=True)
    app = models.ForeignKey("app.App", on_delete=models.SET_NULL, related_name="+", null=True)

    class Meta:
        ordering = ["date", "pk"]
