"""The plugin's settings in the Dashboard: what they are, how they read, what is wrong with them.

Neutral about the host: the adapters turn ``FIELDS`` into what their Dashboard wants, and both
save only what ``validate`` has nothing to say about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from .host.port import ShopSettings
from .models import NO_LIMIT

FieldKind = Literal["string", "boolean"]

LEAST_SWEEP_SECONDS = 10
MOST_SWEEP_SECONDS = 3600
MOST_LEAD_TIME_DAYS = 3650
MOST_PRIORITY = 1_000_000
MOST_RULE_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class Field:
    """One setting: its name, how the Dashboard shows it, and what it is until somebody says."""

    name: str
    kind: FieldKind
    label: str
    help_text: str
    default: Any


FIELDS: tuple[Field, ...] = (
    Field(
        name="channels",
        kind="string",
        label="Channels",
        help_text="Slugs of the channels that these settings concern, separated by commas. "
        "Empty for all of them. A channel's own rule overrides these settings.",
        default="",
    ),
    Field(
        name="allow",
        kind="boolean",
        label="Allow backorders by default",
        help_text="Sell every variant of these channels beyond what is on the shelf, unless a "
        "rule for the variant, its product, its category or the channel says otherwise.",
        default=False,
    ),
    Field(
        name="limit",
        kind="string",
        label="Units that may wait",
        help_text="How many units of one variant may wait at once in one channel. "
        "Empty for no limit.",
        default="",
    ),
    Field(
        name="lead_time_days",
        kind="string",
        label="Lead time in days",
        help_text="Days until a unit arrives of which no shipment is known yet.",
        default="30",
    ),
    Field(
        name="agreement_required",
        kind="boolean",
        label="Ask shoppers to agree to wait",
        help_text="Refuse to complete a checkout until the shopper agreed to what would wait.",
        default=False,
    ),
    Field(
        name="priority",
        kind="string",
        label="Priority",
        help_text="Orders with a higher priority are served first; older ones among equals.",
        default="0",
    ),
    Field(
        name="working_days",
        kind="boolean",
        label="Count working days",
        help_text="Lead times leave out Saturdays and Sundays.",
        default=False,
    ),
    Field(
        name="safety_days",
        kind="string",
        label="Safety days",
        help_text="Days added to every lead time before it is shown to a shopper.",
        default="0",
    ),
    Field(
        name="tolerance_days",
        kind="string",
        label="Tolerated delay in days",
        help_text="A date that moves by more than this asks the customer whether to keep waiting.",
        default="2",
    ),
    Field(
        name="silence_days",
        kind="string",
        label="Days until silence cancels",
        help_text="Cancel and refund what waits when a customer has not answered for so many days. "
        "Empty: who does not answer keeps waiting.",
        default="",
    ),
    Field(
        name="dearer_at_same_price",
        kind="boolean",
        label="Give dearer alternatives at the same price",
        help_text="A customer who does not want to wait may take something dearer for what they "
        "paid. Otherwise only what costs as much or less, with the difference refunded.",
        default=False,
    ),
    Field(
        name="overdue_days",
        kind="string",
        label="Days an overdue shipment is believed",
        help_text="After so many days beyond its date a shipment promises nothing to anybody, "
        "until somebody books it or gives it another date.",
        default="3",
    ),
    Field(
        name="sweep_seconds",
        kind="string",
        label="Seconds between sweeps",
        help_text="How often the background task finishes what a busy moment put off.",
        default="60",
    ),
)


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
}
