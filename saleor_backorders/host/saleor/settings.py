"""The plugin's settings, in Saleor's words."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.forms import Field
from saleor.core.db.connection import allow_writer
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode

from saleor_backorders.conf import PLUGIN_ID
from saleor_backorders.settings import form
from saleor_backorders.settings.fields import Flag
from saleor_backorders.settings.shop import ShopSettings

__all__ = ["BasePlugin", "config_structure", "read_settings", "refuse_settings"]


def config_structure() -> dict[str, dict[str, Any]]:
    """Return the settings as Saleor's Dashboard wants them described."""
    return {
        name: {"type": _type(field), "label": field.label, "help_text": field.help_text}
        for name, field in form.FIELDS.items()
    }


def _type(field: Field) -> str:
    kinds = ConfigurationTypeField
    return str(kinds.BOOLEAN if isinstance(field, Flag) else kinds.STRING)


def refuse_settings(wrong: dict[str, str]) -> None:
    """Answer ``pluginUpdate`` with one error for each wrong field.

    :raises ValidationError: something is wrong.
    """
    if wrong:
        raise ValidationError(
            {
                name: ValidationError(message, code=PluginErrorCode.INVALID.value)
                for name, message in wrong.items()
            }
        )


def read_settings() -> ShopSettings:
    """Return the settings as the shop's admin last saved them."""
    # From the primary: a replica may still hold what was just replaced.
    with allow_writer():
        row = (
            apps.get_model("plugins", "PluginConfiguration")
            .objects.filter(identifier=PLUGIN_ID, channel=None)
            .values_list("configuration", "active")
            .first()
        )
    configuration, active = row or ([], False)
    return form.parse(configuration or [], active=active)
