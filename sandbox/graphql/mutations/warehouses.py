from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from sandbox import hooks
from sandbox.apps.warehouse.models import Warehouse
from sandbox.graphql.errors import refuse
from sandbox.graphql.ids import get_node
from sandbox.graphql.mutations.inputs import create_address, pick
from sandbox.graphql.registry import mutation

MANAGE = "product.manage_products"


@mutation("createWarehouse", MANAGE)
@transaction.atomic
def create_warehouse(_context: Any, input: dict[str, Any]) -> dict[str, Any]:
    name = input["name"].strip()
    if not name:
        raise refuse("name", "Name field can't be blank.", "required")
    slug = input.get("slug") or slugify(name)
    if Warehouse.objects.filter(slug=slug).exists():
        raise refuse("slug", "Warehouse with this Slug already exists.", "unique")
    warehouse = Warehouse.objects.create(
        name=name,
        slug=slug,
        email=input.get("email") or "",
        address=create_address(input["address"]),
    )
    hooks.places_changed()
    return {"warehouse": warehouse}


@mutation("updateWarehouse", MANAGE)
@transaction.atomic
def update_warehouse(_context: Any, input: dict[str, Any], id: str | None = None) -> dict[str, Any]:
    if not id:
        raise refuse(None, "You must provide id.", "graphql_error")
    warehouse = get_node(Warehouse.objects.all(), id)
    names = {"slug": "slug", "email": "email", "name": "name", "isPrivate": "is_private"}
    for name, value in pick(input, names).items():
        setattr(warehouse, name, value)
    if input.get("clickAndCollectOption"):
        warehouse.click_and_collect_option = input["clickAndCollectOption"].lower()
    if warehouse.click_and_collect_option == "local" and warehouse.is_private:
        message = "Only a warehouse that is not private can be a local collection point."
        raise refuse("click_and_collect_option", message, "invalid")
    warehouse.save()
    hooks.places_changed()
    return {"warehouse": warehouse}


@mutation("deleteWarehouse", MANAGE)
@transaction.atomic
def delete_warehouse(_context: Any, id: str) -> dict[str, Any]:
    warehouse = get_node(Warehouse.objects.all(), id)
    pk, address = warehouse.pk, warehouse.address
    warehouse.delete()
    address_pk = address.pk
    address.delete()
    warehouse.pk, address.pk = pk, address_pk
    hooks.places_changed()
    return {"warehouse": warehouse}
