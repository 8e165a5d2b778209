"""What a customer chose on the page, carried out once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext

from saleor_backorders import errors
from saleor_backorders.cancellations import cancel, delay_answers, switch
from saleor_backorders.cancellations.locking import CUSTOMER
from saleor_backorders.common import clock, links
from saleor_backorders.common.i18n import Money
from saleor_backorders.host import get_host
from saleor_backorders.host.port import Actor
from saleor_backorders.models import Backorder, Cancellation

from . import responses, wait_page


def carry_out(page: wait_page.WaitPage, posted: Mapping[str, str], *, token: str) -> HttpResponse:
    """Do what was chosen, unless the page that it was chosen on is out of date."""
    work = _CHOICES.get(posted.get("do", ""))
    if work is None or posted.get("seen") != page.state:
        return responses.wait(page, notice=_has_changed(), status=409)
    try:
        return work(page, posted)
    except errors.BackordersError as refused:
        return _refused(token, refused)


def repeated(posted: Mapping[str, str], *, token: str) -> HttpResponse | None:
    """Answer a second click on a cancellation as the first one was; None where there was none."""
    try:
        backorder_id = links.read(token)
    except errors.LinkInvalid:
        return None
    found = Cancellation.objects.filter(
        backorder_id=backorder_id, idempotency_key=_key_of(backorder_id, posted)
    ).first()
    row = Backorder.objects.filter(pk=backorder_id).first()
    if found is None or row is None or not wait_page.has_order(row, using=wait_page.PRIMARY):
        return None
    page = wait_page.read(row, today=clock.today(), using=wait_page.PRIMARY)
    with translation.override(page.language):
        refund = sum((each.amount for each in found.refunds.all()), Decimal(0))
        return responses.cancelled(page, found.quantity, Money(refund, found.currency))


def no_longer_there() -> str:
    """Say that what was chosen instead is gone."""
    return gettext("This is no longer there. Please choose again.")


def _keep(page: wait_page.WaitPage, _posted: Mapping[str, str]) -> HttpResponse:
    if page.decision:
        delay_answers.accept_delay(backorder_id=page.backorder.id, by=CUSTOMER, now=timezone.now())
    return responses.back_to_page(done="keep")


def _send(page: wait_page.WaitPage, _posted: Mapping[str, str]) -> HttpResponse:
    delay_answers.take_available(
        host=get_host(),
        backorder_id=page.backorder.id,
        actor=Actor(),
        now=timezone.now(),
    )
    return responses.back_to_page(done="send")


def _cancel(page: wait_page.WaitPage, posted: Mapping[str, str]) -> HttpResponse:
    done = cancel.cancel(
        host=get_host(),
        backorder_id=page.backorder.id,
        quantity=page.waiting,
        reason="",
        actor=Actor(),
        by=CUSTOMER,
        now=timezone.now(),
        idempotency_key=_key_of(page.backorder.id, posted),
    )
    return responses.cancelled(page, done.quantity, Money(done.refund, done.currency))


def _switch(page: wait_page.WaitPage, posted: Mapping[str, str]) -> HttpResponse:
    choice = page.choice(posted.get("variant", ""))
    if choice is None:
        return responses.wait(page, notice=no_longer_there(), status=409)
    done = switch.switch(
        host=get_host(),
        backorder_id=page.backorder.id,
        variant_id=choice.variant_id,
        actor=Actor(),
        by=CUSTOMER,
        now=timezone.now(),
    )
    return responses.switched(page, choice, done)


_CHOICES: dict[str, Callable[[wait_page.WaitPage, Mapping[str, str]], HttpResponse]] = {
    "keep": _keep,
    "send": _send,
    "cancel": _cancel,
    "switch": _switch,
}


def _key_of(backorder_id: int, posted: Mapping[str, str]) -> str:
    """Return the key of one showing of the question, apart from keys that others use."""
    digest = hashlib.sha256(posted.get("key", "").encode()).hexdigest()
    return f"page:{backorder_id}:{digest}"


def _has_changed() -> str:
    return gettext("This has changed in the meantime. Please look again.")


def _refused(token: str, refused: errors.BackordersError) -> HttpResponse:
    """Show what is true now: somebody else may just have settled it."""
    try:
        backorder = links.open_backorder(token, wait_page.PRIMARY)
    except errors.LinkInvalid:
        return responses.nowhere()
    page = wait_page.read(backorder, today=clock.today(), using=wait_page.PRIMARY)
    return responses.wait(page, notice=refused.message, status=409)
