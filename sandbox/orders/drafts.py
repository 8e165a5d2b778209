from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from sandbox import carts
from sandbox.apps.account.models import User
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.product.models import ProductVariant
from sandbox.graphql.errors import order_shortage, refuse
from sandbox.money import charge
from sandbox.orders import events, status, totals
from sandbox.orders.events import Who
from sandbox.stock import scope
from sandbox.stock.allocate import allocate
from sandbox.stock.availability import check_order_line
from sandbox.stock.errors import InsufficientStock
from sandbox.stock.lines import LineWork
from sandbox.stock.release import decrease_allocations, increase_allocations
from sandbox.stock.reserve import reservations_are_on


def country(order: Order) -> str:
    """Return the country that an order goes to, as far as stock is concerned."""
    address = order.shipping_address or order.billing_address
    return address.country if address else order.channel.default_country


@transaction.atomic
def complete(order: Order, who: Who) -> None:
    """Place a draft order.

    :raises ValidationError: when it is no draft, incomplete, or short of stock.
    """
    lines = list(order.lines.select_related("variant__product__product_type"))
    _check(order, lines)
    if order.user:
        order.user_email = order.user.email
    elif order.user_email:
        order.user = User.objects.filter(email=order.user_email).first()
    try:
        place(order, who)
    except InsufficientStock as error:
        raise order_shortage(error, field="lines") from error


def place(order: Order, who: Who) -> None:
    """Make a draft an order and give it its units.

    :raises InsufficientStock: when they cannot be had.
    """
    order.status = status.initial(confirm=order.channel.automatically_confirm_all_new_orders)
    order.save()
    events.record_placed(order, "placed_from_draft", who)
    settings = scope.shop()
    for line in order.lines.select_related("variant"):
        if line.variant is not None:
            allocate(
                [LineWork(line, line.quantity, line.variant)],
                channel=order.channel,
                country=country(order),
                check_reservations=reservations_are_on(settings),
                collection_point=order.collection_point,
            )
    charge.refresh(order)


def _check(order: Order, lines: Sequence[OrderLine]) -> None:
    problems: dict[str, list[ValidationError]] = {}
    if order.status != status.DRAFT:
        raise refuse("id", "The order is not draft.", "invalid")
    if order.billing_address is None:
        _note(
            problems,
            "order",
            "Can't finalize draft with no billing address.",
            "billing_address_not_set",
        )
    if any(line.is_shipping_required for line in lines):
        if order.shipping_address is None:
            _note(
                problems,
                "order",
                "Can't finalize draft with no shipping address.",
                "order_no_shipping_address",
            )
        if order.shipping_method is None and order.collection_point is None:
            _note(problems, "shipping", "Shipping method is required.", "shipping_method_required")
    if not lines:
        _note(problems, "lines", "Could not create order without any products.", "required")
    for line in lines:
        _check_line(order, line, problems)
    if not order.channel.is_active:
        _note(
            problems,
            "channel",
            "Cannot complete draft order with inactive channel.",
            "channel_inactive",
        )
    if problems:
        raise ValidationError(problems)


def _check_line(order: Order, line: OrderLine, problems: dict[str, list[ValidationError]]) -> None:
    if line.variant is None:
        _note(problems, "lines", "Could not create orders with non-existing products.", "not_found")
        return
    try:
        check_order_line(
            line.variant,
            line.quantity,
            channel=order.channel,
            country=country(order),
            order_line=line,
        )
    except InsufficientStock as error:
        problems.setdefault("lines", []).extend(
            order_shortage(error, field="lines").error_dict["lines"]
        )
    if not carts.is_for_sale(line.variant, order.channel):
        _note(
            problems,
            "lines",
            "Can't finalize draft with unpublished product.",
            "product_not_published",
        )


def _note(problems: dict[str, list[ValidationError]], field: str, message: str, code: str) -> None:
    problems.setdefault(field, []).append(ValidationError(message, code=code))


def check_editable(order: Order) -> None:
    """Insist that an order's lines may still change.

    :raises ValidationError: when they may not.
    """
    if order.status not in (status.DRAFT, status.UNCONFIRMED):
        raise refuse("id", "Only draft and unconfirmed orders can be edited.", "not_editable")


@transaction.atomic
def add_line(order: Order, variant: ProductVariant, quantity: int) -> OrderLine:
    """Add units to an order, to the line that has the variant already where it is the only one.

    :raises InsufficientStock: when an unconfirmed order cannot have them.
    """
    same = list(order.lines.filter(variant=variant))
    if len(same) == 1:
        change_quantity(same[0], same[0].quantity + quantity)
        return same[0]
    line = totals.new_line(order, variant, totals.price_of_today(order, variant, quantity))
    line.created_at = timezone.now()
    line.save()
    if order.status == status.UNCONFIRMED:
        increase_allocations(
            [LineWork(line, quantity, variant)], channel=order.channel, country=country(order)
        )
    totals.refresh(order)
    return line


@transaction.atomic
def change_quantity(line: OrderLine, quantity: int) -> None:
    """Set a line's quantity, and what it holds where the order is unconfirmed.

    :raises InsufficientStock: when there is too little for more.
    """
    order, difference = line.order, quantity - line.quantity
    if order.status == status.UNCONFIRMED and line.variant and difference:
        if difference < 0:
            decrease_allocations([LineWork(line, -difference)])
        elif line.variant.track_inventory and not line.variant.is_preorder_active():
            increase_allocations(
                [LineWork(line, difference)], channel=order.channel, country=country(order)
            )
    totals.set_quantity(line, quantity)
    totals.refresh(order)


@transaction.atomic
def delete_line(line: OrderLine) -> None:
    """Take a line out of an order."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=line.order_id)
    if order.status == status.UNCONFIRMED:
        decrease_allocations([LineWork(line, line.quantity)])
    line.delete()
    totals.refresh(order)
