"""The port to a real Saleor: each method is one call into the module that knows how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from saleor.core.db.connection import allow_writer
from saleor.core.exceptions import InsufficientStock, InsufficientStockData

from saleor_backorders.host import vouchers as codes
from saleor_backorders.host.port import (
    MANAGE_ORDERS,
    MANAGE_PRODUCTS,
    Actor,
    RefundAnswer,
    RefundPart,
    Replacement,
    Requester,
    Shortage,
    VoucherCampaign,
)
from saleor_backorders.settings.shop import ShopSettings

from . import mail, money, orders, replace, settings, views, vouchers


class SaleorHost:
    """The port to a real Saleor."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""
        return settings.read_settings()

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""
        app = getattr(context, "app", None)
        if app is not None:
            return Requester(app_id=app.pk, is_staff=True, permissions=_permissions(app))
        user = context.user
        # ``user`` is lazy and may hold None, so only its truth can be asked.
        if not user or not user.is_active:
            return Requester()
        return Requester(
            user_id=user.pk,
            email=user.email,
            is_staff=user.is_staff,
            permissions=_permissions(user) if user.is_staff else frozenset(),
        )

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""
        if getattr(context, "allow_replica", True):
            return str(views.saleor_settings().DATABASE_CONNECTION_REPLICA_NAME)
        return str(views.saleor_settings().DATABASE_CONNECTION_DEFAULT_NAME)

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""
        return translation.get_language_from_request(context)

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""
        variants = apps.get_model("product", "ProductVariant").objects.in_bulk(
            [s.variant_id for s in shortages if s.variant_id is not None]
        )
        return InsufficientStock(
            [
                InsufficientStockData(
                    variant=variants.get(shortage.variant_id),
                    order_line=shortage.order_line,
                    warehouse_pk=shortage.warehouse_id,
                    available_quantity=shortage.available,
                )
                for shortage in shortages
            ]
        )

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""
        return ValidationError({field: ValidationError(message, code=code)})

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""
        decorator: Callable[[Callable[..., Any]], Callable[..., Any]] = allow_writer()
        return decorator

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""
        return views.graphql_view(schema)

    def today(self) -> date:
        """Return the shop's current day."""
        return timezone.now().date()

    def release_units(
        self, *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
    ) -> None:
        """Take undispatched units off an order line, in the caller's transaction."""
        orders.release_units(order_line_id, quantity, amount, reason, actor)

    def cancel_order(self, *, order_id: UUID, actor: Actor) -> None:
        """Cancel a whole order in the caller's transaction; no money moves."""
        orders.cancel(order_id, actor)

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
        """Put units of another variant in place of undispatched ones, in the caller's transaction.

        :raises saleor_backorders.errors.DearerThanAllowed: dearer, and the shop does not allow it.
        :raises saleor_backorders.errors.NotEnoughStock: Saleor has not got them.
        """
        return replace.replace_units(
            replace.Wish(
                order_line_id=order_line_id,
                quantity=quantity,
                variant_id=variant_id,
                most=most,
                dearer_at_same_price=dearer_at_same_price,
                reason=reason,
            ),
            actor,
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
        """Write down in the shop that money is owed, in the caller's transaction."""
        grant = money.Grant(
            order_id=order_id,
            amount=amount,
            lines=lines,
            with_shipping=with_shipping,
            reason=reason,
        )
        return money.grant_refund(grant, actor)

    def ask_refund(self, *, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
        """Ask whoever holds the money to send it back; called outside of any transaction."""
        return money.ask_refund(part, key, actor)

    def refund_outcome(self, *, part: RefundPart, key: str) -> RefundAnswer:
        """Return what the shop knows of a refund, without asking anybody."""
        return money.refund_outcome(part, key)

    def add_note(self, *, order_id: UUID, message: str, actor: Actor) -> None:
        """Leave a note for staff in the order's history, in the caller's transaction."""
        orders.add_note(order_id, message, actor)

    def issue_voucher(self, *, campaign: VoucherCampaign, code: str) -> None:
        """Make a voucher code that may be used once, in the caller's transaction."""
        codes.issue(campaign, code)

    def withdraw_voucher(self, *, code: str) -> bool:
        """Switch off a voucher code that nobody used; tell whether that was so."""
        return codes.withdraw(code)

    def give_back_voucher(self, *, code: str) -> None:
        """Let a voucher code be used that a checkout took, and of which no order came."""
        vouchers.give_back(code)

    def voucher_refusal(self, message: str) -> Exception:
        """Build the exception that every caller answers with VOUCHER_NOT_APPLICABLE."""
        return vouchers.refusal(message)

    def base_url(self) -> str:
        """Return the address under which customers reach the API's host."""
        return mail.base_url()

    def shop_name(self) -> str:
        """Return what the shop calls itself."""
        return mail.shop_name()

    def mail_connection(self, *, timeout: int) -> Any:
        """Return a Django mail backend to the shop's mail server, not opened yet."""
        return mail.connection(timeout)

    def notify(self, *, event: str, payload: dict[str, Any], channel_slug: str) -> None:
        """Hand a message to whatever in the shop sends messages."""
        mail.notify(event, payload, channel_slug)


def _permissions(holder: Any) -> frozenset[str]:
    return frozenset(p for p in (MANAGE_ORDERS, MANAGE_PRODUCTS) if holder.has_perm(p))
