"""Money that the plugin wants sent back: where it lies, who is asked, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from saleor_backorders.host.port import Actor, RefundAnswer, RefundOutcome, RefundPart
from sandbox.apps.order.models import Order, OrderGrantedRefund, OrderGrantedRefundLine
from sandbox.apps.payment.models import Payment, TransactionEvent, TransactionItem
from sandbox.money import charge, payments, requests, transactions

OWED = RefundAnswer(outcome=RefundOutcome.OWED)
REFUNDED = RefundAnswer(outcome=RefundOutcome.REFUNDED)
REQUESTED = RefundAnswer(outcome=RefundOutcome.REQUESTED)
UNKNOWN = RefundAnswer(outcome=RefundOutcome.UNKNOWN)
SETTLED = (RefundOutcome.REFUNDED, RefundOutcome.REQUESTED)


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Where money of an order lies; what nobody can be asked for is paid back by hand."""

    left: Decimal
    item: TransactionItem | None = None
    payment: Payment | None = None
    can_be_asked: bool = True


def grant(
    order: Order,
    amount: Decimal,
    *,
    lines: Sequence[tuple[UUID, int]],
    with_shipping: bool,
    reason: str,
    actor: Actor,
) -> list[RefundPart]:
    """Write down that money is owed, and on which payments it lies."""
    parts: list[RefundPart] = []
    first: OrderGrantedRefund | None = None
    for source, share in _divide(amount, _sources(order)):
        granted = None
        # Saleor grants nothing on payments of the older kind.
        if source.payment is None:
            granted = order.granted_refunds.create(
                amount_value=share,
                currency=order.currency,
                reason=reason,
                user_id=actor.user_id,
                app_id=actor.app_id,
                # Said once, however many payments there are.
                shipping_costs_included=with_shipping and first is None,
                transaction_item=source.item,
            )
            first = first or granted
        parts.append(_part(order, source, share, granted))
    if first:
        OrderGrantedRefundLine.objects.bulk_create(
            OrderGrantedRefundLine(granted_refund=first, order_line_id=line, quantity=quantity)
            for line, quantity in lines
        )
    charge.refresh(order)
    return parts


def _sources(order: Order) -> list[_Source]:
    items = [
        _Source(left=_left(item), item=item, can_be_asked=bool(item.app_id or item.app_identifier))
        for item in order.payment_transactions.order_by("pk")
    ]
    captured = [
        _Source(left=payment.captured_amount, payment=payment)
        for payment in order.payments.filter(
            is_active=True, charge_status__in=payments.REFUNDABLE
        ).order_by("pk")
        if payment.gateway != payments.MANUAL
    ]
    return sorted([*items, *captured], key=lambda source: not source.can_be_asked)


def _left(item: TransactionItem) -> Decimal:
    """Return what a transaction holds and has not promised to give back."""
    granted = item.granted_refund.exclude(status="success").aggregate(sum=Sum("amount_value"))
    # What is on its way has left the charged value already.
    promised = (granted["sum"] or Decimal(0)) - item.refund_pending_value
    return item.charged_value - max(promised, Decimal(0))


def _divide(amount: Decimal, sources: Sequence[_Source]) -> Iterator[tuple[_Source, Decimal]]:
    """Take an amount from one source that holds it all, else from as many as it needs."""
    holds_all = [source for source in sources if source.can_be_asked and source.left >= amount]
    for source in holds_all[:1] or sources:
        share = min(source.left, amount)
        if share > 0:
            yield source, share
            amount -= share
    if amount > 0:
        yield _Source(left=amount, can_be_asked=False), amount


def _part(
    order: Order, source: _Source, share: Decimal, granted: OrderGrantedRefund | None
) -> RefundPart:
    return RefundPart(
        amount=share,
        currency=order.currency,
        transaction_id=source.item.pk if source.item and source.can_be_asked else None,
        granted_refund_id=granted.pk if granted else None,
        payment_id=source.payment.pk if source.payment else None,
    )


def outcome(part: RefundPart, key: str) -> RefundAnswer:
    """Return what is known of a refund."""
    if part.payment_id is not None:
        return _noted(Payment.objects.get(pk=part.payment_id), key)
    if part.transaction_id is None:
        return OWED
    found = OWED
    for event in _story(part):
        if event.type == "refund_request":
            found = REQUESTED if event.psp_reference else UNKNOWN
        else:
            found = _after(found, event)
    return found


def _story(part: RefundPart) -> QuerySet[TransactionEvent]:
    """Return the events of a granted refund, those reported before the answer included."""
    made = TransactionEvent.objects.filter(transaction_id=part.transaction_id)
    own = Q(related_granted_refund_id=part.granted_refund_id)
    references = made.filter(own, type="refund_request").exclude(psp_reference=None)
    reported = Q(psp_reference__in=references.values("psp_reference"))
    return made.filter(own | reported, type__startswith="refund_").order_by("pk")


def _after(known: RefundAnswer, event: TransactionEvent) -> RefundAnswer:
    if event.type == "refund_success":
        return REFUNDED
    if known.outcome == RefundOutcome.REFUNDED and not event.include_in_calculations:
        return known
    told = event.include_in_calculations or event.message == requests.NOBODY_THERE
    result = RefundOutcome.FAILED if told else RefundOutcome.UNKNOWN
    return RefundAnswer(outcome=result, message=event.message or "")


def ask(part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
    """Ask for a refund, unless it is done or under way."""
    if part.payment_id is not None:
        return _ask_gateway(part.payment_id, part.amount, key, actor)
    if part.transaction_id is None:
        return OWED
    with transaction.atomic():
        item = TransactionItem.objects.select_for_update(of=("self",)).get(pk=part.transaction_id)
        known = outcome(part, key)
        if known.outcome in SETTLED:
            return known
        # Asked before, and perhaps heard: then the charge may be gone for this very refund.
        heard = known.outcome == RefundOutcome.UNKNOWN
        if item.charged_value < part.amount and not heard:
            message = f"Only {item.charged_value} {item.currency} is charged."
            return RefundAnswer(outcome=RefundOutcome.FAILED, message=message)
        made = list(_story(part).filter(type="refund_request"))
        event = made[-1] if heard else _new_request(item, part, key, earlier=len(made))
    try:
        requests.request_refund(event, actor)
    except requests.NobodyThereError as error:
        return RefundAnswer(outcome=RefundOutcome.FAILED, message=str(error))
    _tie_reports(part)
    return outcome(part, key)


def _new_request(
    item: TransactionItem, part: RefundPart, key: str, *, earlier: int
) -> TransactionEvent:
    """Write a request, with a key of its own where an earlier one was refused."""
    return item.events.create(
        type="refund_request",
        amount_value=part.amount,
        currency=item.currency,
        idempotency_key=f"{key}-{earlier + 1}" if earlier else key,
        related_granted_refund_id=part.granted_refund_id,
    )


def _tie_reports(part: RefundPart) -> None:
    """Tie what an app reported before it answered to the grant, as Saleor does not."""
    granted_id = part.granted_refund_id
    loose = _story(part).filter(related_granted_refund=None)
    if granted_id and loose.update(related_granted_refund_id=granted_id):
        transactions.refresh_granted(OrderGrantedRefund.objects.get(pk=granted_id))


def _ask_gateway(payment_id: int, amount: Decimal, key: str, actor: Actor) -> RefundAnswer:
    """Let the gateway pay, unless it has; whoever asks again while nobody knows means it."""
    with transaction.atomic():
        payment = _locked(payment_id)
        known = _noted(payment, key)
        if known.outcome == RefundOutcome.REFUNDED:
            return known
        ticket = _note(payment, key, UNKNOWN)
    try:
        with transaction.atomic():
            payment = _locked(payment_id)
            if payment.private_metadata[_name(key)]["ticket"] != ticket:
                # The call belongs to whoever marked it last.
                return _noted(payment, key)
            payments.refund(payment, amount, actor)
            _note(payment, key, REFUNDED)
    except payments.GatewayError as error:
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, message=str(error))
    except payments.PaymentError as error:
        payments.record_failure(payment, str(error), actor)
        refused = RefundAnswer(outcome=RefundOutcome.FAILED, message=str(error))
        _note(payment, key, refused)
        return refused
    return REFUNDED


def _locked(payment_id: int) -> Payment:
    rows = Payment.objects.select_related("order").select_for_update(of=("self",))
    return rows.get(pk=payment_id)


def _noted(payment: Payment, key: str) -> RefundAnswer:
    noted: dict[str, Any] | None = payment.private_metadata.get(_name(key))
    if noted is None:
        return OWED
    return RefundAnswer(outcome=RefundOutcome(noted["outcome"]), message=noted["message"])


def _note(payment: Payment, key: str, answer: RefundAnswer) -> str:
    """Write down how far a refund is; return a word by which the writer knows this note again."""
    ticket = uuid4().hex
    payment.private_metadata[_name(key)] = {
        "outcome": answer.outcome.value,
        "message": answer.message,
        "ticket": ticket,
    }
    payment.save(update_fields=["private_metadata"])
    return ticket


def _name(key: str) -> str:
    return f"backorders.refund.{key}"
