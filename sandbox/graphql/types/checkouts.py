from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from sandbox import carts
from sandbox.apps.account.models import User
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.graphql import auth
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import resolver
from sandbox.graphql.types.money import taxed_money
from sandbox.graphql.types.products import in_channel


@resolver("Query.checkout")
def resolve_checkout(_root: None, info: Any, id: str | None = None) -> Checkout | None:
    if not id:
        raise GraphQLError("At least one of arguments is required: 'token', 'id'.")
    found = find_node(Checkout.objects.filter(channel__is_active=True), id)
    if found is None or found.user_id is None:
        return found
    asks: User | None = info.context.user
    owner = asks is not None and asks.pk == found.user_id
    return found if owner or auth.may(info.context, "checkout.manage_checkouts") else None


@resolver("Checkout.shippingMethods")
def resolve_shipping_methods(root: Checkout, _info: Any) -> list[ShippingMethod]:
    return list(carts.shipping_methods(root))


@resolver("Checkout.totalPrice")
def resolve_total_price(root: Checkout, _info: Any) -> dict[str, Any]:
    return taxed_money(carts.prices(root).total, root.currency)


@resolver("CheckoutLine.variant")
def resolve_variant(root: CheckoutLine, _info: Any) -> ProductVariant:
    return in_channel(root.variant, root.checkout.channel.slug)


@resolver("CheckoutLine.totalPrice")
def resolve_line_total(root: CheckoutLine, _info: Any) -> dict[str, Any]:
    return taxed_money(carts.prices(root.checkout).lines[root.pk].total, root.currency)
