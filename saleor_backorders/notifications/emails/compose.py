"""From a row of the outbox to the email that leaves, or the reason why none does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.conf import settings
from django.contrib.sites.models import Site
from django.utils import translation

from saleor_backorders.back_in_stock import subscriptions
from saleor_backorders.common import clock, i18n, links
from saleor_backorders.host.port import Host
from saleor_backorders.models import FOR_STAFF, OPTIONAL, Message
from saleor_backorders.settings.channel import MailRule

from . import customer, facts, render, signup, staff
from .facts import Facts
from .mail import Draft, Email, OutdatedMessage


def load(messages: Sequence[Message], *, host: Host) -> Facts:
    """Read what a batch of messages speaks of."""
    shop = Site.objects.get_current().name
    return facts.load(messages, today=clock.today(), base_url=host.mail.base_url(), shop=shop)


def compose(message: Message, known: Facts) -> Email:
    """Write the email of a message.

    :raises OutdatedMessage: what it was to tell is not so any more, or nobody is to hear it.
    """
    rule = known.rules[message.channel_id]
    if not rule.sends(message.kind):
        raise OutdatedMessage("the channel does not send it")
    message.language = _language(message, known, rule)
    with translation.override(message.language):
        draft = _writer(message.kind)(message, known)
    if message.kind in OPTIONAL | subscriptions.KINDS:
        draft = _with_unsubscribe_link(message, draft, known)
    number = f"backorders.{message.pk}.{int(message.created_at.timestamp())}"
    return render.mail(draft, rule=rule, shop=known.shop, number=number)


def _writer(kind: str) -> Callable[[Message, Facts], Draft]:
    if kind in FOR_STAFF:
        return staff.draft
    return signup.draft if kind in subscriptions.KINDS else customer.draft


def _language(message: Message, known: Facts, rule: MailRule) -> str:
    """Return the order's language, or else the channel's, or else the shop's."""
    order = known.orders.get(message.order_id) if message.order_id else None
    if message.kind in FOR_STAFF:
        return i18n.spoken(rule.language, settings.LANGUAGE_CODE)
    own = order.language if order else signup.language_of(message)
    return i18n.spoken(own, rule.language, settings.LANGUAGE_CODE)


def _with_unsubscribe_link(message: Message, draft: Draft, known: Facts) -> Draft:
    # A way out erases the sign-ups so far: one that is there was asked for since.
    is_asked_for = message.kind in subscriptions.KINDS
    if not is_asked_for and known.out.intersection(draft.recipients):
        raise OutdatedMessage("the reader wants none of these")
    return replace(draft, out_url=links.out_url(message.pk, known.base_url))
