from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.utils import timezone, translation

from saleor_backorders import errors
from saleor_backorders.host import vouchers as codes
from saleor_backorders.host.port import (
    Actor,
    RefundAnswer,
    RefundPart,
    Replacement,
    Requester,
    Shortage,
    VoucherCampaign,
)
from saleor_backorders.settings import form
from saleor_backorders.settings.shop import ShopSettings
from sandbox import carts, hooks, notifications, refunds
from sandbox.apps.order.models import Order, OrderLine
from sandbox.apps.plugins.models import PluginConfiguration
from sandbox.apps.product.models import ProductVariant
from sandbox.graphql.auth import permissions_of
from sandbox.graphql.view import graphql_view
from sandbox.money import vouchers
from sandbox.orders import events, fulfil, totals
from sandbox.orders.replace import replace
from sandbox.orders.returns import refund_undispatched
from sandbox.stock.errors import InsufficientStock, InsufficientStockData


class SandboxHost:
    """The port to the sandbox."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""
        row = (
            PluginConfiguration.objects.filter(identifier=hooks.PLUGIN_ID, channel=None)
            .values_list("configuration", "active")
            .first()
        )
        configuration, active = row or ([], False)
        return form.parse(configuration or [], active=active)

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""
        if context.app is not None:
            return Requester(
                app_id=context.app.pk, is_staff=True, permissions=permissions_of(context)
            )
        user = context.user
        if user is None:
            return Requester()
        return Requester(
            user_id=user.pk,
            email=user.email,
            is_staff=user.is_staff,
            permissions=permissions_of(context),
        )

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""
        return "default"

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""
        return translation.get_language_from_request(context)

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""
        variants = ProductVariant.objects.in_bulk(
            [each.variant_id for each in shortages if each.variant_id is not None]
        )
        return InsufficientStock(
            [
                InsufficientStockData(
                    available_quantity=each.available,
                    variant=variants.get(each.variant_id),
                    order_line=each.order_line,
                    warehouse_pk=each.warehouse_id,
                )
                for each in shortages
            ]
        )

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""
        return ValidationError({field: ValidationError(message, code=code)})

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""
        return lambda function: function

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""
        return graphql_view(lambda: schema)

    def release_units(
        self, *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
    ) -> None:
        """Take undispatched units off an order line; no money moves.

        :raises InvalidValue: fewer units are undispatched.
        """
        line = _line(order_line_id, quantity)
        refund_undispatched(line, quantity, amount=amount, reason=reason, who=actor)

    def cancel_order(self, *, order_id: UUID, actor: Actor) -> None:
        """Cancel a whole order; no money moves.

        :raises InvalidValue: its state does not allow it.
        """
        order = Order.objects.get(pk=order_id)
        if not fulfil.can_cancel(order):
            raise errors.InvalidValue("This order cannot be cancelled.", field="id")
        fulfil.cancel(order, actor)

    def replace_units(
        self,
        *,
        order_line_id: UUID,
        quantity: int,
        variant_id: int,
        most: Decimal,
        dearer_at_same_price: bool,
        reason: str,
        actor: Actor,
    ) -> Replacement:
        """Put units of another variant in place of undispatched ones.

        :raises DearerThanAllowed: dearer, and the shop does not allow it.
        :raises InvalidValue: the channel does not sell it, or fewer units are undispatched.
        :raises NotEnoughStock: that variant cannot be had.
        """
        line = _line(order_line_id, quantity)
        variant = ProductVariant.objects.select_related("product__product_type").get(pk=variant_id)
        if not carts.is_for_sale(variant, line.order.channel):
            message = "This channel does not sell the variant."
            raise errors.InvalidValue(message, field="variantId")
        price = totals.price_of_today(line.order, variant, quantity)
        if price.total.gross > most:
            if not dearer_at_same_price:
                raise errors.DearerThanAllowed(field="variantId")
            price = totals.price_at(price, most)
        try:
            made = replace(line, quantity, variant, price, reason=reason, who=actor)
        except InsufficientStock as error:
            raise errors.NotEnoughStock from error
        return Replacement(
            order_id=made.pk, order_number=str(made.number), total=made.subtotal_gross_amount
        )

    def grant_refund(
        self,
        *,
        order_id: UUID,
        amount: Decimal,
        lines: Sequence[tuple[UUID, int]],
        with_shipping: bool,
        reason: str,
        actor: Actor,
    ) -> list[RefundPart]:
        """Write down in the shop that money is owed."""
        return refunds.grant(
            Order.objects.get(pk=order_id),
            amount,
            lines=lines,
            with_shipping=with_shipping,
            reason=reason,
            actor=actor,
        )

    def ask_refund(self, *, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
        """Ask whoever holds the money to send it back."""
        return refunds.ask(part, key, actor)

    def refund_outcome(self, *, part: RefundPart, key: str) -> RefundAnswer:
        """Return what the shop knows of a refund."""
        return refunds.outcome(part, key)

    def add_note(self, *, order_id: UUID, message: str, actor: Actor) -> None:
        """Leave a note for staff in the order's history."""
        events.record(Order.objects.get(pk=order_id), "note_added", actor, message=message)

    def issue_voucher(self, *, campaign: VoucherCampaign, code: str) -> None:
        """Make a voucher code that may be used once, in the caller's transaction."""
        codes.issue(campaign, code)

    def withdraw_voucher(self, *, code: str) -> bool:
        """Switch off a voucher code that nobody used; tell whether that was so."""
        return codes.withdraw(code)

    def give_back_voucher(self, *, code: str) -> None:
        """Let a voucher code be used of which no order came."""
        codes.give_back(code)

    def voucher_refusal(self, message: str) -> Exception:
        """Build the exception that callers answer with VOUCHER_NOT_APPLICABLE."""
        return vouchers.NotApplicable(message)

    def today(self) -> date:
        """Return the shop's current day."""
        return timezone.now().date()

    def base_url(self) -> str:
        """Return the address under which customers reach the API's host."""
        return f"http://{Site.objects.get_current().domain}"

    def shop_name(self) -> str:
        """Return what the shop calls itself."""
        return Site.objects.get_current().name

    def mail_connection(self, *, timeout: int) -> Any:
        """Return a Django mail backend to the shop's mail server, not opened yet."""
        return get_connection(timeout=timeout)

    def notify(self, *, event: str, payload: dict[str, Any], channel_slug: str) -> None:
        """Hand a message to the apps that listen.

        :raises NobodyListens: none does.
        """
        notifications.notify(event, payload)


def _line(key: UUID, undispatched: int) -> OrderLine:
    """Return a line that has so many undispatched units."""
    line = OrderLine.objects.select_related("order__channel", "variant").get(pk=key)
    if not 0 < undispatched <= line.quantity_unfulfilled:
        raise errors.InvalidValue(field="quantity")
    return line
