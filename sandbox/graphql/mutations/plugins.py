from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BooleanField

from sandbox import hooks
from sandbox.apps.channel.models import Channel
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.graphql.errors import refuse
from sandbox.graphql.registry import mutation
from sandbox.graphql.types.plugins import describe


@mutation("pluginUpdate", "plugins.manage_plugins")
@transaction.atomic
def plugin_update(_context: Any, id: str, input: dict[str, Any]) -> dict[str, Any]:
    if id != hooks.PLUGIN_ID or not hooks.plugin_is_installed():
        raise refuse("id", "Plugin doesn't exist.", "not_found")
    form = hooks.plugin_module("settings.form")
    row, _created = PluginConfiguration.objects.get_or_create(
        identifier=id,
        channel=None,
        defaults={"name": "Backorders", "configuration": form.defaults()},
    )
    row.configuration = _merge(form, row.configuration, input.get("configuration") or [])
    if input.get("active") is not None:
        row.active = input["active"]
    _check(form, row.configuration)
    row.save()
    hooks.settings_changed()
    return {"plugin": describe()}


def _merge(
    form: Any, saved: list[dict[str, Any]], changes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    values = {item["name"]: item["value"] for item in [*form.defaults(), *saved]}
    for item in changes:
        field, value = form.FIELDS.get(item["name"]), item.get("value")
        if field and value is not None:
            is_flag = isinstance(field, BooleanField)
            values[item["name"]] = value.lower() == "true" if is_flag else value
    return [{"name": name, "value": values[name]} for name in form.FIELDS]


def _check(form: Any, configuration: list[dict[str, Any]]) -> None:
    slugs = set(Channel.objects.values_list("slug", flat=True))
    wrong = form.validate(configuration, channel_slugs=slugs)
    if wrong:
        raise ValidationError(
            {name: ValidationError(text, code="invalid") for name, text in wrong.items()}
        )
