from __future__ import annotations

from django.db import transaction

from sandbox import carts, hooks
from sandbox.apps.account.models import User
from sandbox.apps.checkout.models import Checkout, CheckoutLine
from sandbox.apps.discount.models import VoucherCode
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.apps.warehouse.models import Warehouse
from sandbox.carts import CartPrices
from sandbox.graphql.errors import refuse
from sandbox.money import charge, vouchers
from sandbox.orders import events, status, totals
from sandbox.orders.events import Actor
from sandbox.stock.allocate import allocate
from sandbox.stock.availability import check_checkout
from sandbox.stock.lines import LineWork


def place(checkout: Checkout, user: User | None) -> Order:
    """Turn a checkout into an order.

    :raises ValidationError: when something is missing.
    :raises InsufficientStock: when stock is.
    """
    _check_is_complete(checkout)
    hooks.preprocess_order_creation(checkout)
    with transaction.atomic():
        locked = Checkout.objects.select_for_update(of=("self",)).filter(pk=checkout.pk).first()
        if locked is None:
            return Order.objects.get(checkout_token=str(checkout.pk))
        if locked.user is None and user is not None:
            locked.user = user
        lines = list(locked.lines.select_related("variant__product__product_type"))
        _check_stock(locked, lines)
        prices = carts.prices(locked)
        code = _use_voucher(locked)
        order = _create_order(locked, prices, code)
        work = _create_lines(order, lines, prices)
        allocate(
            work,
            channel=locked.channel,
            country=carts.country(locked),
            check_reservations=True,
            collection_point=locked.collection_point,
            checkout_lines=lines,
        )
        locked.payment_transactions.update(order=order, checkout=None)
        locked.delete()
        charge.refresh(order)
        events.record_placed(order, "placed", Actor(user_id=order.user_id))
        hooks.order_created(order)
    return order


def _check_is_complete(checkout: Checkout) -> None:
    channel = checkout.channel
    if not checkout.lines.exists():
        raise refuse("lines", "Cannot complete checkout without lines.", "no_lines")
    if not (checkout.email or checkout.user):
        raise refuse("email", "Checkout email must be set.", "email_not_set")
    if checkout.billing_address is None:
        raise refuse("billing_address", "Billing address is not set", "billing_address_not_set")
    _find_voucher(checkout)
    if not channel.allow_unpaid_orders and not carts.is_paid(checkout):
        message = "The authorized amount doesn't cover the checkout's total amount."
        raise refuse("id", message, "checkout_not_fully_paid")
    if carts.needs_shipping(checkout) and checkout.collection_point is None:
        if checkout.shipping_method is None:
            raise refuse("shipping_method", "Shipping method is not set", "shipping_method_not_set")
        if checkout.shipping_address is None:
            raise refuse(
                "shipping_address", "Shipping address is not set", "shipping_address_not_set"
            )
    if not channel.is_active:
        message = "Cannot complete checkout with inactive channel."
        raise refuse("channel", message, "channel_inactive")


def _find_voucher(checkout: Checkout) -> VoucherCode | None:
    code = vouchers.find(checkout.voucher_code, checkout.channel)
    if checkout.voucher_code and code is None:
        raise refuse("voucher_code", "Voucher not applicable", "voucher_not_applicable")
    return code


def _use_voucher(checkout: Checkout) -> VoucherCode | None:
    """Count the use of a checkout's code, while no stock is held: somebody may be waited for."""
    code = _find_voucher(checkout)
    try:
        vouchers.count_use(code)
    except vouchers.NotApplicable as error:
        message = "Voucher not applicable"
        raise refuse("voucher_code", message, "voucher_not_applicable") from error
    return code


def _check_stock(checkout: Checkout, lines: list[CheckoutLine]) -> None:
    check_checkout(
        carts.totals_by_variant(lines),
        channel=checkout.channel,
        country=carts.country(checkout),
        checkout=checkout,
        lines=lines,
        completing=True,
    )


def _create_order(checkout: Checkout, prices: CartPrices, code: VoucherCode | None) -> Order:
    return Order.objects.create(
        status=_first_status(checkout),
        origin="checkout",
        checkout_token=str(checkout.pk),
        channel=checkout.channel,
        currency=checkout.currency,
        user=checkout.user,
        user_email=checkout.email or (checkout.user.email if checkout.user else ""),
        language_code=checkout.language_code,
        redirect_url=checkout.redirect_url,
        customer_note=checkout.note,
        billing_address=totals.copy_address(checkout.billing_address),
        shipping_address=totals.copy_address(
            checkout.collection_point.address
            if checkout.collection_point
            else checkout.shipping_address
        ),
        collection_point=checkout.collection_point,
        collection_point_name=_name(checkout.collection_point),
        shipping_method=checkout.shipping_method,
        shipping_method_name=_name(checkout.shipping_method),
        shipping_price_net_amount=prices.shipping.net,
        shipping_price_gross_amount=prices.shipping.gross,
        shipping_tax_rate=prices.shipping_rate,
        voucher=code.voucher if code else None,
        voucher_code=code.code if code else None,
    )


def _first_status(checkout: Checkout) -> str:
    """Tell how an order begins: as in Saleor, one placed unpaid has to be confirmed by staff."""
    channel = checkout.channel
    free = carts.total(checkout) == 0
    by_transaction = channel.order_mark_as_paid_strategy == "transaction_flow"
    if checkout.payment_transactions.exists():
        return status.initial(confirm=channel.automatically_confirm_all_new_orders)
    if channel.allow_unpaid_orders or (free and by_transaction):
        return status.UNCONFIRMED
    return status.initial(confirm=channel.automatically_confirm_all_new_orders)


def _name(place: Warehouse | ShippingMethod | None) -> str | None:
    return None if place is None else place.name


def _create_lines(order: Order, lines: list[CheckoutLine], prices: CartPrices) -> list[LineWork]:
    made = [totals.new_line(order, line.variant, prices.lines[line.pk]) for line in lines]
    OrderLine.objects.bulk_create(made)
    totals.refresh(order)
    return [
        LineWork(each, each.quantity, line.variant) for each, line in zip(made, lines, strict=True)
    ]
