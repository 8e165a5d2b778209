"""Which of the shop's migrations have to run before the engine is installed.

The engine puts triggers on the shop's tables, so these have to be there.  Named are the last
migrations that every supported Saleor has; a later one must not stand here, or an upgrade of
Saleor would find our migration applied before its dependency.  A host whose tables are made from
its models (the sandbox) has no migrations: Django makes such tables before it runs any.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

OLDEST_SUPPORTED = {
    "account": "0086_auto_20240805_0851",
    "channel": "0022_merge_20250708_1220",
    "checkout": "0082_merge_20251211_1339",
    "order": "0206_order_shipping_method_metadata_and_more",
    "product": "0198_merge_20250507_0613",
    "shipping": "0036_alter_shippingzone_countries",
    "site": "0040_sitesettings_allow_login_without_confirmation",
    "warehouse": "0034_warehouse_click_and_collect_option_idx",
}


def dependencies() -> list[tuple[str, str]]:
    """Return the migrations of the shop that the engine's migration depends on."""
    return [(label, _name(label, wanted)) for label, wanted in OLDEST_SUPPORTED.items()]


def _name(label: str, wanted: str) -> str:
    module = f"{apps.get_app_config(label).name}.migrations"
    if find_spec(module) is None:
        return "__first__"
    package = import_module(module)
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    numbered = [name for name in names if name[0].isdigit()]
    return wanted if wanted in numbered else numbered[-1]
