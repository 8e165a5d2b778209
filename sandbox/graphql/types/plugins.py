from __future__ import annotations

from typing import Any

from django.forms import BooleanField

from sandbox import hooks
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.graphql import auth
from sandbox.graphql.registry import resolver

MANAGE = "plugins.manage_plugins"


def describe() -> dict[str, Any] | None:
    """Show the plugin as the Dashboard sees it, or None where it is not installed."""
    if not hooks.plugin_is_installed():
        return None
    row = PluginConfiguration.objects.filter(identifier=hooks.PLUGIN_ID, channel=None).first()
    return {
        "id": hooks.PLUGIN_ID,
        "name": "Backorders",
        "description": row.description if row else "",
        "globalConfiguration": {
            "active": bool(row and row.active),
            "channel": None,
            "configuration": _fields(row.configuration if row else []),
        },
        "channelConfigurations": [],
    }


def _fields(saved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    form = hooks.plugin_module("settings.form")
    values = {item["name"]: item["value"] for item in [*form.defaults(), *saved]}
    return [
        {
            "name": name,
            "value": _shown(values.get(name)),
            "type": "BOOLEAN" if isinstance(field, BooleanField) else "STRING",
            "label": field.label,
            "helpText": field.help_text,
        }
        for name, field in form.FIELDS.items()
    ]


def _shown(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


@resolver("Query.plugin")
def resolve_plugin(_root: None, info: Any, id: str) -> dict[str, Any] | None:
    auth.require(info.context, MANAGE)
    return describe() if id == hooks.PLUGIN_ID else None
