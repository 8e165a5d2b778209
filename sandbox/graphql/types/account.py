from __future__ import annotations

from typing import Any

from sandbox.apps.account.models import Address, User
from sandbox.apps.order.models import Order
from sandbox.graphql.connections import connection
from sandbox.graphql.registry import resolver


@resolver("Query.me")
def resolve_me(_root: None, info: Any) -> User | None:
    user: User | None = info.context.user
    return user


@resolver("User.orders")
def resolve_user_orders(root: User, info: Any, **page: Any) -> dict[str, Any]:
    return connection(Order.objects.filter(user=root).exclude(status="draft"), info, **page)


@resolver("User.userPermissions")
def resolve_user_permissions(root: User, _info: Any) -> list[dict[str, str]]:
    return [{"code": name.split(".")[1], "name": name} for name in sorted(root.permission_names())]


@resolver("Address.country")
def resolve_country(root: Address, _info: Any) -> dict[str, str]:
    return country_display(root.country)


def country_display(code: str) -> dict[str, str]:
    """Show a country; the sandbox knows no names, so the code stands for it."""
    return {"code": code, "country": code}


@resolver("MetadataItem.value")
def resolve_metadata_value(root: dict[str, str], _info: Any) -> str:
    return str(root["value"])


def _metadata(root: Any, _info: Any) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in root.metadata.items()]


for _type in (
    "Checkout",
    "CheckoutLine",
    "Fulfillment",
    "Order",
    "OrderLine",
    "Product",
    "ProductVariant",
    "Warehouse",
):
    resolver(f"{_type}.metadata")(_metadata)
