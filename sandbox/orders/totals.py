from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from sandbox.apps.account.models import Address
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.graphql.ids import to_global_id


def new_line(order: Order, variant: ProductVariant, quantity: int, price: Decimal) -> OrderLine:
    """Build an order line with the names and prices of the moment; the caller saves it."""
    product = variant.product
    return OrderLine(
        order=order,
        variant=variant,
        product_name=product.name,
        variant_name=variant.name,
        product_sku=variant.sku,
        product_variant_id=to_global_id("ProductVariant", variant.pk),
        product_type_id=product.product_type_id,
        is_shipping_required=product.product_type.is_shipping_required,
        is_gift_card=product.product_type.kind == "gift_card",
        quantity=quantity,
        currency=order.currency,
        unit_price_net_amount=price,
        unit_price_gross_amount=price,
        total_price_net_amount=price * quantity,
        total_price_gross_amount=price * quantity,
    )


def set_quantity(line: OrderLine, quantity: int) -> None:
    """Store a line's new quantity and what it comes to."""
    line.quantity = quantity
    line.total_price_net_amount = line.unit_price_net_amount * quantity
    line.total_price_gross_amount = line.unit_price_gross_amount * quantity
    line.save(update_fields=["quantity", "total_price_net_amount", "total_price_gross_amount"])


def refresh(order: Order) -> None:
    """Store what an order's lines come to."""
    subtotal = order.lines.aggregate(sum=Sum("total_price_gross_amount"))["sum"] or Decimal(0)
    total = subtotal + order.shipping_price_gross_amount
    order.lines_count = order.lines.count()
    order.subtotal_net_amount = order.subtotal_gross_amount = subtotal
    order.total_net_amount = order.total_gross_amount = total
    order.undiscounted_total_net_amount = order.undiscounted_total_gross_amount = total
    order.save()


def copy_address(address: Address | None) -> Address | None:
    """Give an order an address of its own."""
    if address is None:
        return None
    copy = Address.objects.get(pk=address.pk)
    copy.pk = None
    copy._state.adding = True
    copy.save()
    return copy
