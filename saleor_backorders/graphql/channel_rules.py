"""How a channel deals with delays and speaks to people, in the contract's words."""

from __future__ import annotations

from typing import Any

import graphene

from saleor_backorders import errors
from saleor_backorders.host.port import MANAGE_PRODUCTS
from saleor_backorders.models import MessageKind
from saleor_backorders.services import mail_rules, rules

from . import ids, permissions
from .asking import PRIMARY, Asking, mutation, query
from .enums import BackorderMessageKind, BackorderMessageTransport
from .errors import BackorderError
from .scalars import Int
from .types import list_of

_SILENCE = "Cancel after so many days without an answer; 0 keeps waiting."
_LANGUAGE = (
    "For orders in a language that has no templates, and for the staff: en, de, fr, es or pl; "
    "empty for Saleor's own."
)
_PRODUCT_URL = (
    "Where a mail that something is back leads, with {slug}, {product}, {variant} or {channel} in "
    "it; empty for no link."
)
_LIMIT = "Staff are warned when so many percent of a limit wait; 0 for never."
_CREDIT = "For each started week of delay, in the channel's currency; 0 for none."


class ChannelRule(graphene.ObjectType):
    class Meta:
        description = "How a channel counts days, deals with delays and speaks to people."

    working_days = graphene.Boolean(required=True)
    safety_days = Int(required=True)
    tolerance_days = Int(required=True)
    silence_days = Int(required=True, description="0: who does not answer keeps waiting.")
    dearer_at_same_price = graphene.Boolean(required=True)
    transport = graphene.Field(BackorderMessageTransport, required=True)
    sender_name = graphene.String(required=True, description="Empty for the shop's name.")
    sender_address = graphene.String(
        required=True, description="Empty for the mail server's default sender."
    )
    reply_to = graphene.String(required=True, description="Empty for the sender's address.")
    staff_emails = list_of(graphene.String, description="Who of the staff is written to.")
    muted_messages = list_of(BackorderMessageKind, description="What is not sent.")
    language = graphene.String(required=True, description=_LANGUAGE)
    product_url = graphene.String(required=True, description=_PRODUCT_URL)
    status_days = Int(required=True, description="0: nobody who waits is written to meanwhile.")
    rate_days = Int(required=True, description="0: nobody is asked how it went.")
    late_warning_days = Int(required=True)
    limit_warning_percent = Int(required=True, description=_LIMIT)
    offer_start_days = Int(required=True)
    offer_valid_days = Int(required=True, description="0: for ever.")
    offer_minimum = graphene.Float(required=True)
    credit_per_week = graphene.Float(required=True, description=_CREDIT)
    credit_most = graphene.Float(required=True, description="For one order; 0 for no bound.")
    credit_budget = graphene.Float(required=True, description="For one month; 0 for no bound.")


class BackorderChannelUpdate(graphene.ObjectType):
    rule = graphene.Field(ChannelRule)
    errors = list_of(BackorderError)


class ChannelRuleInput(graphene.InputObjectType):
    class Meta:
        description = "What is null is taken from the plugin's settings; what is left out stays."

    working_days = graphene.Boolean(description="Lead times leave out Saturdays and Sundays.")
    safety_days = Int(description="Added to every lead time.")
    tolerance_days = Int(description="A delay beyond it asks the customer.")
    silence_days = Int(description=_SILENCE)
    dearer_at_same_price = graphene.Boolean(
        description="Dearer alternatives may be taken for what was paid."
    )
    transport = BackorderMessageTransport()
    sender_name = graphene.String(description="Empty for the shop's name.")
    sender_address = graphene.String(description="Empty for the mail server's default sender.")
    reply_to = graphene.String(description="Empty for the sender's address.")
    staff_emails = graphene.List(
        graphene.NonNull(graphene.String),
        description="Who hears of low stock, late promises and refunds that failed.",
    )
    muted_messages = graphene.List(
        graphene.NonNull(BackorderMessageKind), description="What is not sent."
    )
    language = graphene.String(description=_LANGUAGE)
    product_url = graphene.String(description=_PRODUCT_URL)
    status_days = Int(description="Days between two words to who still waits; 0 for none.")
    rate_days = Int(description="Days after the last unit was sent; 0 asks nobody.")
    late_warning_days = Int(description="Staff hear of a promise that nothing covers so early.")
    limit_warning_percent = Int(description=_LIMIT)
    offer_start_days = Int(description="Days until a voucher may be used.")
    offer_valid_days = Int(description="Days for which it may be; 0 for ever.")
    offer_minimum = graphene.Float(description="Least value of an order that uses a voucher.")
    credit_per_week = graphene.Float(description=_CREDIT)
    credit_most = graphene.Float(description="For one order; 0 for no bound.")
    credit_budget = graphene.Float(description="For one month; 0 for no bound.")


@query
def backorder_channel(asking: Asking, *, channel: str) -> Any:
    permissions.require(asking.requester, MANAGE_PRODUCTS)
    return _show(rules.find_channel(channel, using=asking.using), using=asking.using)


@mutation(BackorderChannelUpdate, permission=MANAGE_PRODUCTS)
def backorder_channel_update(asking: Asking, *, channel: str, input: Any) -> Any:  # noqa: A002
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
        staff_emails=mail_rules.split(staff),
        muted_messages=[kind for kind in mail_rules.split(muted) if kind in MessageKind.values],
    )
