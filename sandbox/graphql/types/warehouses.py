from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils import timezone

from sandbox.apps.warehouse.models import Allocation, Stock, Warehouse
from sandbox.graphql import auth
from sandbox.graphql.ids import find_node
from sandbox.graphql.registry import resolver

SEE_STOCK = ("product.manage_products", "order.manage_orders")
SEE_WAREHOUSES = (*SEE_STOCK, "shipping.manage_shipping")


@resolver("Query.warehouse")
def resolve_warehouse(_root: None, info: Any, id: str | None = None) -> Warehouse | None:
    auth.require(info.context, *SEE_WAREHOUSES)
    return find_node(Warehouse.objects.all(), id) if id else None


@resolver("Stock.quantity")
def resolve_quantity(root: Stock, info: Any) -> int:
    auth.require(info.context, *SEE_STOCK)
    return root.quantity


@resolver("Stock.quantityAllocated")
def resolve_quantity_allocated(root: Stock, info: Any) -> int:
    auth.require(info.context, *SEE_STOCK)
    return root.allocations.aggregate(sum=Sum("quantity_allocated"))["sum"] or 0


@resolver("Stock.quantityReserved")
def resolve_quantity_reserved(root: Stock, info: Any) -> int:
    auth.require(info.context, *SEE_STOCK)
    live = root.reservations.filter(reserved_until__gt=timezone.now())
    return live.aggregate(sum=Sum("quantity_reserved"))["sum"] or 0


@resolver("Allocation.quantity")
def resolve_allocated(root: Allocation, info: Any) -> int:
    auth.require(info.context, *SEE_STOCK)
    return root.quantity_allocated


@resolver("Allocation.warehouse")
def resolve_allocation_warehouse(root: Allocation, info: Any) -> Warehouse:
    auth.require(info.context, *SEE_STOCK)
    return root.stock.warehouse
