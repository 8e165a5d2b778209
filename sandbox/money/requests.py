"""Refunds that are asked of a payment app, and what becomes of its answer."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction

from sandbox.apps.app.models import App
from sandbox.apps.payment.models import TransactionEvent, TransactionItem
from sandbox.apps.webhook.models import Webhook
from sandbox.money import transactions
from sandbox.money.price import in_cents
from sandbox.orders import events
from sandbox.orders.events import Who

EVENT = "transaction_refund_requested"
NOBODY_THERE = "No app or plugin is configured to handle payment action requests."
NOT_DELIVERED = "Failed to delivery request."
ANSWERS = {"REFUND_SUCCESS": "refund_success", "REFUND_FAILURE": "refund_failure"}


class NobodyThereError(Exception):
    """No app takes requests for this transaction."""


class _WrongAnswerError(Exception):
    """The app's answer says nothing that can be understood."""


def request_refund(event: TransactionEvent, who: Who) -> None:
    """Send a request to the app that owns the transaction and take in its answer.

    :raises NobodyThereError: when there is no such app.
    """
    item = event.transaction
    webhook = _webhook(item)
    try:
        if webhook is None:
            transactions.refused(event, NOBODY_THERE)
            raise NobodyThereError(NOBODY_THERE)
        _take_in(event, webhook.app, _deliver(webhook, event))
    finally:
        if event.related_granted_refund:
            transactions.refresh_granted(event.related_granted_refund)
    if item.order:
        events.record(
            item.order,
            "transaction_refund_requested",
            who,
            amount=in_cents(event.amount_value),
            reference=item.psp_reference or "",
        )


def _webhook(item: TransactionItem) -> Webhook | None:
    """Return where to send requests about a transaction."""
    apps = App.objects.filter(is_active=True, removed_at=None)
    owner = apps.filter(pk=item.app_id).first() if item.app_id else None
    if owner is None and item.app_identifier:
        owner = apps.filter(identifier=item.app_identifier).first()
    if owner is None or "payment.handle_payments" not in owner.permission_names():
        return None
    return owner.webhooks.filter(is_active=True, events__event_type=EVENT).first()


def _deliver(webhook: Webhook, event: TransactionEvent) -> Any:
    """Return what the app answered; None where it could not be reached, or said no JSON."""
    # Imported late: the schema's resolvers know the mutations, which know this module.
    from sandbox.graphql.subscriptions import payload

    request = Request(  # noqa: S310  (the app's own address)
        webhook.target_url,
        data=json.dumps(payload(webhook, event)).encode(),
        headers={"Content-Type": "application/json", "Saleor-Event": EVENT},
    )
    try:
        with urlopen(request, timeout=settings.WEBHOOK_SYNC_TIMEOUT) as answer:  # noqa: S310
            return json.load(answer)
    except (OSError, HTTPException, ValueError):
        return None


@transaction.atomic
def _take_in(event: TransactionEvent, app: App, answer: Any) -> None:
    try:
        if answer is None:
            raise _WrongAnswerError(NOT_DELIVERED)
        _record_answer(event, app, answer)
    except _WrongAnswerError as wrong:
        transactions.refused(event, str(wrong))


def _record_answer(event: TransactionEvent, app: App, answer: Any) -> None:
    result, reference, amount = _read(event, answer)
    if reference:
        event.psp_reference = reference
        event.include_in_calculations = True
        event.save(update_fields=["psp_reference", "include_in_calculations"])
    item = event.transaction
    if result is None:
        transactions.settle(item)
        return
    try:
        transactions.report(
            item,
            ANSWERS[result],
            amount,
            psp_reference=reference,
            app=app,
            message=str(answer.get("message") or ""),
            granted=event.related_granted_refund,
        )
    except transactions.DifferentAmountError as error:
        message = (
            "The transaction with provided `pspReference` and "
            "`type` already exists with different amount."
        )
        raise _WrongAnswerError(message) from error


def _read(event: TransactionEvent, answer: Any) -> tuple[str | None, str | None, Decimal]:
    if not isinstance(answer, dict):
        raise _WrongAnswerError("Incorrect value for response: a JSON object is expected.")
    result, reference = answer.get("result"), answer.get("pspReference")
    if result not in (None, *ANSWERS):
        possible = ", ".join(ANSWERS)
        raise _WrongAnswerError(
            f"Missing or invalid value for `result`: {result}. Possible values: {possible}."
        )
    if not reference and result != "REFUND_FAILURE":
        raise _WrongAnswerError("Missing value for field: pspReference.")
    try:
        amount = Decimal(str(answer.get("amount") or event.amount_value))
    except InvalidOperation as error:
        raise _WrongAnswerError("Incorrect value for field: amount.") from error
    return result, reference, in_cents(amount)
