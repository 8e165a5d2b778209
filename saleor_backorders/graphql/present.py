"""From what services return to the types of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import translation

from saleor_backorders.common.paging import Page, Window
from saleor_backorders.models import Backorder
from saleor_backorders.services import (
    agree,
    alternatives,
    availability,
    eta,
    links,
    policies,
    queue,
    words,
)

from . import connection, ids, offers, types
from .asking import Asking


def availability_of(
    answer: availability.Availability, *, asking: Asking
) -> types.BackorderAvailability:
    """Show how a quantity can be bought."""
    with translation.override(asking.language):
        message = availability.sentence(answer, today=asking.today)
        offer = offers.preview(answer)
    shown = types.BackorderAvailability(
        variant_id=ids.encode("ProductVariant", answer.variant_id),
        channel=answer.channel,
        quantity=answer.quantity,
        status=answer.status.value,
        quantity_in_stock=answer.in_stock,
        quantity_backordered=answer.backordered,
        remaining_backorders=answer.remaining,
        eta=_eta(answer.eta),
        eta_parts=types.show_parts(answer.parts),
        message=message,
        offer=offer,
    )
    shown.asked = alternatives.Asked(answer.variant_id, answer.destination)
    return shown


def checkout(state: agree.CheckoutState, *, asking: Asking) -> types.CheckoutBackorders:
    """Show what of a checkout would wait."""
    return types.CheckoutBackorders(
        checkout_id=ids.encode("Checkout", state.checkout_id),
        acknowledgement_required=state.required,
        acknowledged=state.agreed,
        lines=[
            types.CheckoutBackorderLine(
                line_id=ids.encode("CheckoutLine", line_id),
                availability=availability_of(answer, asking=asking),
            )
            for line_id, answer in state.lines
        ],
    )


def backorder(listed: queue.Listed, *, today: date) -> types.Backorder:
    """Show a backorder."""
    row = listed.backorder
    shown = types.Backorder(
        id=ids.encode("Backorder", row.id),
        order_id=ids.encode("Order", row.order_id),
        order_number=row.order_number,
        order_line_id=ids.encode("OrderLine", row.order_line_id),
        variant_id=(
            ids.encode("ProductVariant", row.variant_id) if listed.variant_exists else None
        ),
        product_name=row.product_name,
        channel=listed.channel,
        status=row.status,
        quantity=row.quantity,
        quantity_waiting=row.waiting,
        quantity_allocated=row.allocated,
        quantity_fulfilled=row.fulfilled,
        quantity_cancelled=row.cancelled,
        priority=row.priority,
        promised_eta=_eta(eta.promised(row)),
        eta=_eta(eta.expected(row)),
        is_late=eta.is_late(row, today=today),
        message=words.split(row.allocated + row.seen_on_shelf, row.waiting),
        placed_at=row.placed_at,
        allocated_at=row.allocated_at,
        fulfilled_at=row.fulfilled_at,
        cancelled_at=row.cancelled_at,
        customer_email=listed.customer_email,
        promise_kept=row.kept,
        link=links.url(row.id, "") if _is_open(row) else None,
    )
    shown.key = row.id
    shown.asked = alternatives.Asked(row.variant_id, row.destination)
    return shown


def backorders(rows: Iterable[queue.Listed], *, today: date) -> list[types.Backorder]:
    """Show backorders, in the order given."""
    return [backorder(row, today=today) for row in rows]


def backorder_connection(
    page: Page[queue.Listed], *, wanted: queue.Filter, window: Window, asking: Asking
) -> types.BackorderConnection:
    """Show a page; the whole list is counted only if somebody asks."""
    return types.BackorderConnection(
        page_info=connection.page_info(
            [row.cursor for row in page.items], has_more=page.has_more, window=window
        ),
        edges=[
            types.BackorderEdge(
                node=backorder(row, today=asking.today), cursor=connection.encode(row.cursor)
            )
            for row in page.items
        ],
        total_count=lambda: queue.count(wanted=wanted, today=asking.today, using=asking.using),
    )


def policy(found: policies.EffectivePolicy) -> types.EffectivePolicy:
    """Show the rule in force."""
    return types.EffectivePolicy(
        allow=found.allow,
        limit=found.limit,
        lead_time_days=found.lead_time_days,
        discount_percent=found.discount_percent,
        priority=found.priority,
        until=found.until,
        low_stock=found.low_stock,
        scope=found.scope.name,
    )


def _is_open(row: Backorder) -> bool:
    return bool(row.waiting or row.allocated)


def _eta(found: eta.Eta | None) -> types.Eta | None:
    return types.Eta(date=found.date, source=found.source.value) if found else None
