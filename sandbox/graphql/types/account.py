from __future__ import annotations

from typing import Any

from sandbox.apps.account.models import User
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
