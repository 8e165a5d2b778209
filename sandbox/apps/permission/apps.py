from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

PERMISSIONS = {
    "account.manage_users": "user",
    "account.manage_staff": "user",
    "channel.manage_channels": "channel",
    "checkout.manage_checkouts": "checkout",
    "order.manage_orders": "order",
    "order.manage_orders_import": "order",
    "payment.handle_payments": "payment",
    "plugins.manage_plugins": "pluginconfiguration",
    "product.manage_products": "product",
    "shipping.manage_shipping": "shippingmethod",
    "site.manage_settings": "sitesettings",
}


def create_permissions(using: str, **_: Any) -> None:
    """Make sure that every permission has its row."""
    content_types = apps.get_model("contenttypes", "ContentType").objects.using(using)
    permissions = apps.get_model("permission", "Permission").objects.using(using)
    for name, model in PERMISSIONS.items():
        label, codename = name.split(".")
        content_type, _created = content_types.get_or_create(app_label=label, model=model)
        permissions.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": codename}
        )


class PermissionConfig(AppConfig):
    name = "sandbox.apps.permission"
    label = "permission"

    def ready(self) -> None:
        post_migrate.connect(create_permissions, sender=self)
