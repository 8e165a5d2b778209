"""The plugin's settings in the Dashboard: how they are shown, read, and what is wrong with them.

Neutral about the host: the adapters turn ``FIELDS`` into what their Dashboard wants, and both
save only what ``validate`` has nothing to say about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .fields import declared
from .shop import ShopSettings

FIELDS = declared(ShopSettings)
"""Every setting by its name, in the Dashboard's order."""
_ORDER = list(FIELDS)

Configuration = Iterable[Mapping[str, Any]]
"""The settings as the host stores them: names and values."""


def defaults() -> list[dict[str, Any]]:
    """Return the settings as they are before anybody saved them."""
    return [{"name": name, "value": field.initial} for name, field in FIELDS.items()]


def in_order(configuration: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return settings in the Dashboard's order, whenever each of them was saved first."""
    return sorted(configuration, key=lambda item: _ORDER.index(item["name"]))


def parse(configuration: Configuration, *, active: bool) -> ShopSettings:
    """Turn saved settings into typed ones; a value that cannot be read counts as its default."""
    # Only a row that was written past ``validate`` holds one.
    sound, _wrong = _clean(configuration)
    return ShopSettings(active=active, **sound)


def validate(configuration: Configuration, *, channel_slugs: Collection[str]) -> dict[str, str]:
    """Return what is wrong: one message for each wrong field, by the field's name."""
    sound, wrong = _clean(configuration)
    unknown = [slug for slug in sound.get("channels", ()) if slug not in channel_slugs]
    if unknown:
        text = _("There is no channel with the slug %(slugs)s.")
        wrong["channels"] = text % {"slugs": ", ".join(unknown)}
    return wrong


def message(refused: ValidationError) -> str:
    """Return in one text what a field has to say."""
    return " ".join(refused.messages)


def _clean(configuration: Configuration) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that can be read, and what is said of the others."""
    sound: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in _saved(configuration).items():
        try:
            sound[name] = FIELDS[name].clean(value)
        except ValidationError as refused:
            wrong[name] = message(refused)
    return sound, wrong


def _saved(configuration: Configuration) -> dict[str, Any]:
    found = {item["name"]: item.get("value") for item in configuration}
    return {name: found[name] for name in FIELDS if found.get(name) is not None}
