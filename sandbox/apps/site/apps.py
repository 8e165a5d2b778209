from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


def create_site(using: str, **_: Any) -> None:
    """Make sure that the shop has its site and the site its settings."""
    sites = apps.get_model("sites", "Site").objects.using(using)
    site, _created = sites.get_or_create(
        pk=settings.SITE_ID, defaults={"domain": "localhost:8000", "name": "Sandbox"}
    )
    apps.get_model("site", "SiteSettings").objects.using(using).get_or_create(
        site=site, defaults={"use_legacy_shipping_zone_stock_availability": True}
    )


class SiteConfig(AppConfig):
    name = "sandbox.apps.site"
    label = "site"

    def ready(self) -> None:
        post_migrate.connect(create_site, sender=self)
