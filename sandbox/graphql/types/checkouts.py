from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from sandbox import carts
from sandbox.apps.account.models import User
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.apps.warehouse.models import Warehouse
from sandbox.graphql import auth
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.products import in_channel, money, taxed_money


@resolver("Query.checkout")
def resolve_checkout(
    _root: None, info: Any, id: str | None = None, token: str | None = None
) -> Checkout | None:
    checkouts = Checkout.objects.filter(channel__is_active=True)
    if not (id or token):
        raise GraphQLError("At least one of arguments is required: 'token', 'id'.")
    found = find_node(checkouts, id) if id else checkouts.filter(pk=str(token)).first()
    if found is None or found.user_id is None:
        return found
    asks: User | None = info.context.user
    owner = asks is not None and asks.pk == found.user_id
    return found if owner or auth.may(info.context, "checkout.manage_checkouts") else None


@resolver("Checkout.created")
def resolve_created(root: Checkout, _info: Any) -> Any:
    return root.created_at


@resolver("Checkout.updatedAt")
def resolve_updated(root: Checkout, _info: Any) -> Any:
    return root.last_change


@resolver("Checkout.lines")
def resolve_lines(root: Checkout, _info: Any) -> list[CheckoutLine]:
    return list(root.lines.select_related("variant"))


@resolver("Checkout.quantity")
def resolve_quantity(root: Checkout, _info: Any) -> int:
    return sum(line.quantity for line in root.lines.all())


@resolver("Checkout.isShippingRequired")
def resolve_is_shipping_required(root: Checkout, _info: Any) -> bool:
    return carts.needs_shipping(root)


@resolver("Checkout.shippingMethods")
def resolve_shipping_methods(root: Checkout, _info: Any) -> list[ShippingMethod]:
    methods = list(carts.shipping_methods(root))
    for method in methods:
        method.listing = method.channel_listings.get(channel=root.channel)
    return methods


@resolver("ShippingMethod.price")
def resolve_shipping_price(root: ShippingMethod, _info: Any) -> dict[str, Any]:
    listing = root.listing or root.channel_listings.order_by("pk")[0]
    return money(listing.price_amount, listing.currency)


@resolver("Checkout.availableCollectionPoints")
def resolve_collection_points(root: Checkout, _info: Any) -> list[Warehouse]:
    return carts.collection_points(root)


@resolver("Checkout.deliveryMethod")
def resolve_delivery_method(root: Checkout, _info: Any) -> Warehouse | ShippingMethod | None:
    return root.collection_point or root.shipping_method


@resolver("Checkout.totalPrice")
def resolve_total_price(root: Checkout, _info: Any) -> dict[str, Any]:
    return taxed_money(carts.prices(root).total, root.currency)


@resolver("CheckoutLine.variant")
def resolve_variant(root: CheckoutLine, _info: Any) -> ProductVariant:
    return in_channel(root.variant, root.checkout.channel.slug)


@resolver("CheckoutLine.unitPrice")
def resolve_unit_price(root: CheckoutLine, _info: Any) -> dict[str, Any]:
    return taxed_money(carts.prices(root.checkout).lines[root.pk].unit, root.currency)


@resolver("CheckoutLine.totalPrice")
def resolve_line_total(root: CheckoutLine, _info: Any) -> dict[str, Any]:
    return taxed_money(carts.prices(root.checkout).lines[root.pk].total, root.currency)
