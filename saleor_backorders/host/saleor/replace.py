"""Exchange undispatched units for another variant, as staff do with "replace" and a draft."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from saleor.core.exceptions import InsufficientStock
from saleor.discount.interface import fetch_variant_rules_info
from saleor.order import OrderStatus, events
from saleor.order.actions import call_order_event, order_created, process_replace
from saleor.order.fetch import OrderInfo, OrderLineInfo
from saleor.order.search import update_order_search_vector
from saleor.order.utils import (
    create_order_line,
    get_order_country,
    recalculate_order_weight,
    store_user_addresses_from_draft_order,
    update_order_display_gross_prices,
    update_order_status,
)
from saleor.product.models import ProductVariant
from saleor.warehouse.management import allocate_preorders, allocate_stocks
from saleor.warehouse.reservations import is_reservation_enabled
from saleor.webhook.event_types import WebhookEventAsyncType

from saleor_backorders.errors import DearerThanAllowed, InvalidValue, NotEnoughStock
from saleor_backorders.host.order_lines import undispatched
from saleor_backorders.host.port import Actor, Exchange, Replacement

from .compat import call_with, doing
from .notes import give_reason
from .paid import mark_as_paid
from .prices import fetch_prices, pin_total

# How the goods travel and who taxes the transport; what it costs stays nought.
DELIVERY = (
    "shipping_method_id", "shipping_method_name", "collection_point_id", "collection_point_name",
    "shipping_tax_class_id", "shipping_tax_class_name", "shipping_tax_class_metadata",
    "shipping_tax_class_private_metadata", "tax_exemption",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """What Saleor wants to know of a line to be made."""

    variant: Any
    quantity: int
    rules_info: Any
    price_override: Decimal | None = None


def replace_units(*, exchange: Exchange, actor: Actor) -> Replacement:
    """Take the old units off, and place an order for the new ones that the old order paid for.

    :raises DearerThanAllowed: dearer, and the shop does not allow it.
    :raises InvalidValue: the channel does not sell the variant, or fewer units are undispatched.
    :raises NotEnoughStock: Saleor has not got them.
    """
    old_line = undispatched(exchange.order_line_id, exchange.quantity)
    context = doing(actor)
    draft = _draft(old_line, exchange, actor, context)
    line = _exchange(draft, exchange, context)
    total = line.total_price_gross_amount
    _place(draft, line, context)
    mark_as_paid(draft, str(old_line.order.number), context)
    return Replacement(order_id=draft.pk, order_number=str(draft.number), total=total)


def _draft(old_line: Any, exchange: Exchange, actor: Actor, context: dict[str, Any]) -> Any:
    """Make Saleor's draft of a replacement, and see the old order through."""
    order = old_line.order
    taken = OrderLineInfo(
        line=old_line, quantity=exchange.quantity, variant=old_line.variant, replace=True
    )
    fulfillment, draft = call_with(
        process_replace, order=order, order_lines=[taken], fulfillment_lines=[], **context
    )
    give_reason(fulfillment, exchange.reason, actor)
    # Saleor's rule would confirm an order that the shop has still to look at.
    if order.status != OrderStatus.UNCONFIRMED:
        update_order_status(order)
    for name in DELIVERY:
        setattr(draft, name, getattr(order, name))
    draft.save(update_fields=[*DELIVERY, "updated_at"])
    call_order_event(context["manager"], WebhookEventAsyncType.ORDER_UPDATED, order)
    return draft


def _exchange(draft: Any, exchange: Exchange, context: dict[str, Any]) -> Any:
    """Put the new variant into the draft, at today's price or at the most that it may cost."""
    wanted = _wanted(draft, exchange)
    _drop_lines(draft, context)
    line = _add(draft, wanted, context)
    if line.total_price_gross_amount <= exchange.most:
        return line
    if not exchange.dearer_at_same_price:
        raise DearerThanAllowed(field="variantId")
    unit = line.base_unit_price_amount * exchange.most / line.total_price_gross_amount
    _drop_lines(draft, context)
    line = _add(
        draft,
        NewLine(
            variant=wanted.variant, quantity=wanted.quantity, rules_info=(), price_override=unit
        ),
        context,
    )
    pin_total(draft, line, exchange.most)
    return line


def _wanted(draft: Any, exchange: Exchange) -> NewLine:
    variant = ProductVariant.objects.select_related("product__product_type").get(
        pk=exchange.variant_id
    )
    listing = variant.channel_listings.filter(channel=draft.channel).first()
    if listing is None or listing.price_amount is None:
        raise InvalidValue("This channel does not sell the variant.", field="variantId")
    rules = fetch_variant_rules_info(listing, draft.language_code)
    return NewLine(variant=variant, quantity=exchange.quantity, rules_info=rules)


def _drop_lines(draft: Any, context: dict[str, Any]) -> None:
    lines = list(draft.lines.all())
    events.order_removed_products_event(
        order=draft, user=context["user"], app=context["app"], order_lines=lines
    )
    draft.lines.all().delete()


def _add(draft: Any, wanted: NewLine, context: dict[str, Any]) -> Any:
    """Add a line, let Saleor compute its price and taxes, and return it."""
    line = call_with(create_order_line, order=draft, line_data=wanted, **context)
    events.order_added_products_event(
        order=draft, user=context["user"], app=context["app"], order_lines=[line]
    )
    fetch_prices(draft, context)
    line.refresh_from_db()
    return line


def _place(order: Any, line: Any, context: dict[str, Any]) -> None:
    """Complete the draft, in the steps of Saleor's ``draftOrderComplete``."""
    channel = order.channel
    confirmed = channel.automatically_confirm_all_new_orders
    order.status = OrderStatus.UNFULFILLED if confirmed else OrderStatus.UNCONFIRMED
    update_order_display_gross_prices(order)
    recalculate_order_weight(order)
    update_order_search_vector(order, save=False)
    order.save(
        update_fields=["status", "display_gross_prices", "weight", "search_vector", "updated_at"]
    )
    info = OrderLineInfo(line=line, quantity=line.quantity, variant=line.variant)
    _allocate(order, info, context)
    line.draft_base_price_expire_at = None
    line.save(update_fields=["draft_base_price_expire_at"])
    transaction.on_commit(
        partial(store_user_addresses_from_draft_order, order=order, manager=context["manager"])
    )
    # At once, not on commit: paid for afterwards, as by hand, it makes no second story of payment.
    order_created(
        order_info=OrderInfo(
            order=order,
            customer_email=order.get_customer_email(),
            channel=channel,
            payment=None,
            lines_data=[info],
        ),
        user=context["user"],
        app=context["app"],
        manager=context["manager"],
        from_draft=True,
    )


def _allocate(order: Any, info: Any, context: dict[str, Any]) -> None:
    site = context["site_settings"]
    wanted = {
        "order_lines_info": [info],
        "country_code": get_order_country(order),
        "channel": order.channel,
        "channel_slug": order.channel.slug,
        "collection_point_pk": order.collection_point_id,
        "check_reservations": is_reservation_enabled(site),
        "calculate_stocks_with_shipping_zones": getattr(
            site, "use_legacy_shipping_zone_stock_availability", True
        ),
        **context,
    }
    try:
        call_with(allocate_stocks, **wanted)
        call_with(allocate_preorders, **wanted)
    except InsufficientStock as error:
        raise NotEnoughStock from error
