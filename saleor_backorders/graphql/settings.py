"""How a channel deals with delays and speaks to people, in the contract's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene
from django.forms import Field

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_PRODUCTS
from saleor_backorders.models import MessageKind
from saleor_backorders.settings import mail_rules, rules
from saleor_backorders.settings.fields import Amount, Flag, Several, WholeNumber, split

from . import ids, permissions
from .connection import list_of
from .context import PRIMARY, Asking, mutation, query
from .enums import BackorderMessageKind, BackorderMessageTransport
from .errors import BackorderError
from .scalars import Int

# What the contract says of a value that is read, and of one that is given where that is not what
# the Dashboard says of it.
_READ = {
    "silence_days": "0: who does not answer keeps waiting.",
    "sender_name": "Empty for the shop's name.",
    "sender_address": "Empty for the mail server's default sender.",
    "reply_to": "Empty for the sender's address.",
    "staff_emails": "Who of the staff is written to.",
    "muted": "What is not sent.",
    "language": "For orders in a language that has no templates, and for the staff: en, de, fr, es "
    "or pl; empty for Saleor's own.",
    "product_url": "Where a mail that something is back leads, with {slug}, {product}, {variant} "
    "or {channel} in it; empty for no link.",
    "status_days": "0: nobody who waits is written to meanwhile.",
    "rate_days": "0: nobody is asked how it went.",
    "limit_warning_percent": "Staff are warned when so many percent of a limit wait; 0 for never.",
    "offer_valid_days": "0: for ever.",
    "credit_per_week": "For each started week of delay, in the channel's currency; 0 for none.",
    "credit_most": "For one order; 0 for no bound.",
    "credit_budget": "For one month; 0 for no bound.",
}
_GIVEN = {
    **_READ,
    "transport": None,
    "working_days": "Lead times leave out Saturdays and Sundays.",
    "safety_days": "Added to every lead time.",
    "tolerance_days": "A delay beyond it asks the customer.",
    "silence_days": "Cancel after so many days without an answer; 0 keeps waiting.",
    "dearer_at_same_price": "Dearer alternatives may be taken for what was paid.",
    "staff_emails": "Who hears of low stock, late promises and refunds that failed.",
    "status_days": "Days between two words to who still waits; 0 for none.",
    "rate_days": "Days after the last unit was sent; 0 asks nobody.",
    "late_warning_days": "Staff hear of a promise that nothing covers so early.",
    "offer_start_days": "Days until a voucher may be used.",
    "offer_valid_days": "Days for which it may be; 0 for ever.",
    "offer_minimum": "Least value of an order that uses a voucher.",
}
_ENUMS = {"transport": BackorderMessageTransport, "muted": BackorderMessageKind}
_SCALARS = {Flag: graphene.Boolean, WholeNumber: Int, Amount: graphene.Float}
_NAMES = {"muted": "muted_messages"}


def _type_of(name: str, declared: Field) -> Any:
    """Return the type of a setting's value, or of each where there are several."""
    return _ENUMS.get(name) or _SCALARS.get(type(declared), graphene.String)


def _output(name: str, declared: Field) -> Any:
    kind, description = _type_of(name, declared), _READ.get(name)
    if isinstance(declared, Several):
        return list_of(kind, description=description)
    return graphene.Field(kind, required=True, description=description)


def _input(name: str, declared: Field) -> Any:
    kind = _type_of(name, declared)
    if isinstance(declared, Several):
        kind = graphene.List(graphene.NonNull(kind))
    return graphene.InputField(kind, description=_GIVEN.get(name, declared.help_text))


def _fields(make: Callable[[str, Field], Any]) -> type:
    """Return a base class with a field for each setting that a channel may have of its own."""
    made = {_NAMES.get(name, name): make(name, field) for name, field in rules.OVERRIDABLE.items()}
    return type("Declared", (), made)


class ChannelRule(_fields(_output), graphene.ObjectType):  # type: ignore[misc]
    class Meta:
        description = "How a channel counts days, deals with delays and speaks to people."


class BackorderChannelUpdate(graphene.ObjectType):
    rule = graphene.Field(ChannelRule)
    errors = list_of(BackorderError)


class ChannelRuleInput(_fields(_input), graphene.InputObjectType):  # type: ignore[misc]
    class Meta:
        description = "What is null is taken from the plugin's settings; what is left out stays."


@query
def backorder_channel(asking: Asking, *, channel: str) -> Any:
    """Read a channel's rule."""
    permissions.require(asking.requester, MANAGE_PRODUCTS)
    return _show(rules.find_channel(channel, using=asking.using), using=asking.using)


@mutation(BackorderChannelUpdate, permission=MANAGE_PRODUCTS)
def backorder_channel_update(_asking: Asking, *, channel: str, input: Any) -> Any:
    """Change a channel's rule."""
    if not input:
        raise errors.MissingValue(field="input")
    values = dict(input)
    if "muted_messages" in values:
        values["muted"] = values.pop("muted_messages")
    for name, argument in (("staff_emails", "staffEmails"), ("muted", "mutedMessages")):
        ids.limited(values.get(name) or (), argument)
    channel_id = rules.update(channel=channel, values=values)
    return BackorderChannelUpdate(rule=_show(channel_id, using=PRIMARY), errors=[])


def _show(channel_id: int, *, using: str) -> ChannelRule:
    mail = dict(vars(mail_rules.of_channel(channel_id, using=using)))
    staff, muted = mail.pop("staff_emails"), mail.pop("muted")
    return ChannelRule(
        **vars(rules.in_force(channel_id=channel_id, using=using)),
        **mail,
        staff_emails=split(staff),
        muted_messages=[kind for kind in split(muted) if kind in MessageKind.values],
    )
