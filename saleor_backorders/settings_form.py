"""The plugin's settings in the Dashboard: what they are, how they read, what is wrong with them.

Neutral about the host: the adapters turn ``FIELDS`` into what their Dashboard wants, and both
save only what ``validate`` has nothing to say about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from . import storefront_url
from .host.port import ShopSettings
from .models import NO_LIMIT, MessageKind, Transport
from .settings_fields import FIELDS

LEAST_SWEEP_SECONDS = 10
MOST_SWEEP_SECONDS = 3600
MOST_LEAD_TIME_DAYS = 3650
MOST_PRIORITY = 1_000_000
MOST_RULE_DAYS = 365
MOST_MONEY = 1_000_000
LEAST_MONEY = Decimal("0.001")
MOST_NAME = 100
MOST_ADDRESS = 254
MOST_URL = 500
LANGUAGES = ("en", "de", "fr", "es", "pl")


def defaults() -> list[dict[str, Any]]:
    """Return the settings as they are before anybody saved them."""
    return [{"name": field.name, "value": field.default} for field in FIELDS]


def parse(configuration: Sequence[Mapping[str, Any]], *, active: bool) -> ShopSettings:
    """Turn saved settings into typed ones; a value that cannot be read counts as its default."""
    values = _values(configuration)
    parsed: dict[str, Any] = {}
    for field in FIELDS:
        try:
            parsed[field.name] = _READERS[field.name](values[field.name])
        except ValueError:
            # Only reached by a row that was written past ``validate``.
            parsed[field.name] = _READERS[field.name](field.default)
    return ShopSettings(active=active, **parsed)


def validate(
    configuration: Sequence[Mapping[str, Any]], *, channel_slugs: Collection[str]
) -> dict[str, str]:
    """Return what is wrong: one message for each wrong field, by the field's name."""
    values = _values(configuration)
    wrong: dict[str, str] = {}
    for field in FIELDS:
        try:
            _READERS[field.name](values[field.name])
        except ValueError as exc:
            wrong[field.name] = str(exc)
    if "channels" not in wrong:
        unknown = [s for s in _read_channels(values["channels"]) if s not in channel_slugs]
        if unknown:
            wrong["channels"] = _("There is no channel with the slug %(slugs)s.") % {
                "slugs": ", ".join(unknown)
            }
    return wrong


def read(name: str, value: Any) -> Any:
    """Return what one setting says.

    :raises ValueError: in words, where it says nothing that it may.
    """
    return _READERS[name](value)


def _values(configuration: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    saved = {item["name"]: item.get("value") for item in configuration}
    return {
        field.name: field.default if saved.get(field.name) is None else saved[field.name]
        for field in FIELDS
    }


def _read_channels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise ValueError(_("Give slugs separated by commas."))
    slugs = (part.strip() for part in value.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(slug for slug in slugs if slug))


def _read_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() in {"true", "false"}:
        return str(value).strip().lower() == "true"
    raise ValueError(_("Give true or false."))


def _read_number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        text = str(value).strip()
        digits = text.removeprefix("-")
        number = int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
        if number is None or not least <= number <= most:
            raise ValueError(
                _("Give a whole number from %(least)s to %(most)s.")
                % {"least": least, "most": most}
            )
        return number

    return read


def _read_limit(value: Any) -> int | None:
    if str(value).strip() == "":
        return None
    return _read_number(0, NO_LIMIT)(value)


def _read_silence(value: Any) -> int:
    return 0 if str(value).strip() == "" else _read_number(1, MOST_RULE_DAYS)(value)


def _read_percent(value: Any) -> int:
    return _read_number(0, 100)(value)


def _read_money(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).strip() or "0")
    except InvalidOperation:
        amount = Decimal(-1)
    sound = amount.is_finite() and 0 <= amount <= MOST_MONEY
    # What the database would round would read otherwise each time.
    if not sound or amount != amount.quantize(LEAST_MONEY):
        raise ValueError(_("Give an amount, such as 5 or 12.50."))
    return amount


def _read_text(value: Any) -> str:
    return _read_line(value, most=MOST_NAME)


def _read_line(value: Any, *, most: int) -> str:
    text = str(value).strip()
    if len(text) > most or _breaks(text):
        raise ValueError(_("Give one line of at most %(most)s characters.") % {"most": most})
    return text


def _breaks(text: str) -> bool:
    """Tell whether a text holds what ends a line, or what no header may hold."""
    return any(unicodedata.category(each) in {"Cc", "Zl", "Zp"} for each in text)


def _read_address(value: Any) -> str:
    text = str(value).strip()
    if text:
        _check_address(text)
    return text


def _read_addresses(value: Any) -> str:
    parts = [part.strip() for part in str(value).replace("\n", ",").split(",") if part.strip()]
    for part in parts:
        _check_address(part)
    return ", ".join(parts)


def _check_address(text: str) -> None:
    try:
        if len(text) > MOST_ADDRESS or _breaks(text):
            raise ValidationError(text)
        validate_email(text)
    except ValidationError as exc:
        raise ValueError(_("%(text)s is no e-mail address.") % {"text": text}) from exc


def _read_choice(known: Collection[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = str(value).strip().lower()
        if text not in known:
            raise ValueError(
                _("Give one of: %(known)s.") % {"known": ", ".join(k for k in known if k)}
            )
        return text

    return read


def _read_product_url(value: Any) -> str:
    text = _read_line(value, most=MOST_URL)
    if text:
        check = URLValidator(schemes=("http", "https"))
        try:
            check(storefront_url.check(text).format(**storefront_url.SAMPLE))
        except ValidationError as exc:
            raise ValueError(_("%(text)s is no address.") % {"text": text}) from exc
    return text


def _read_kinds(value: Any) -> str:
    kinds = [part.strip() for part in str(value).replace("\n", ",").split(",") if part.strip()]
    wrong = [kind for kind in kinds if kind not in MessageKind.values]
    if wrong:
        raise ValueError(_("There is no message %(kinds)s.") % {"kinds": ", ".join(wrong)})
    return ", ".join(kinds)


_READERS: dict[str, Callable[[Any], Any]] = {
    "channels": _read_channels,
    "allow": _read_flag,
    "limit": _read_limit,
    "lead_time_days": _read_number(0, MOST_LEAD_TIME_DAYS),
    "agreement_required": _read_flag,
    "priority": _read_number(-MOST_PRIORITY, MOST_PRIORITY),
    "working_days": _read_flag,
    "safety_days": _read_number(0, MOST_RULE_DAYS),
    "tolerance_days": _read_number(0, MOST_RULE_DAYS),
    "silence_days": _read_silence,
    "dearer_at_same_price": _read_flag,
    "overdue_days": _read_number(0, MOST_RULE_DAYS),
    "sweep_seconds": _read_number(LEAST_SWEEP_SECONDS, MOST_SWEEP_SECONDS),
    "transport": _read_choice(Transport.values),
    "sender_name": _read_text,
    "sender_address": _read_address,
    "reply_to": _read_address,
    "staff_emails": _read_addresses,
    "muted": _read_kinds,
    "language": _read_choice(("", *LANGUAGES)),
    "product_url": _read_product_url,
    "status_days": _read_number(0, MOST_RULE_DAYS),
    "rate_days": _read_number(0, MOST_RULE_DAYS),
    "late_warning_days": _read_number(0, MOST_RULE_DAYS),
    "limit_warning_percent": _read_percent,
    "offer_start_days": _read_number(0, MOST_RULE_DAYS),
    "offer_valid_days": _read_number(0, MOST_LEAD_TIME_DAYS),
    "offer_minimum": _read_money,
    "credit_per_week": _read_money,
    "credit_most": _read_money,
    "credit_budget": _read_money,
}
