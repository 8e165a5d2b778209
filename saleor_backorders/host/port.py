"""What the plugin needs from the shop that it lives in.

Two classes implement it: ``saleor_backorders.host.saleor.SaleorHost`` and the sandbox's.  The
setting ``SALEOR_BACKORDERS_HOST`` names the one in force; differences between versions of
Saleor are settled inside the adapter.  Host tables have the same names in both, so SQL and
``django.apps.apps.get_model`` need no port.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from saleor_backorders.settings.shop import ShopSettings

MANAGE_ORDERS = "order.manage_orders"
MANAGE_PRODUCTS = "product.manage_products"


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asks: a user, an app, or nobody."""

    user_id: int | None = None
    app_id: int | None = None
    email: str | None = None
    is_staff: bool = False
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Tell whether the requester holds a permission, named as ``app_label.codename``."""
        return permission in self.permissions


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """One line that cannot be had."""

    variant_id: int | None
    available: int
    order_line: Any = None
    warehouse_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """In whose name an order is changed; both empty where a link or a rule of the shop acts."""

    user_id: int | None = None
    app_id: int | None = None


class RefundOutcome(StrEnum):
    """How far money is on its way back."""

    OWED = "owed"
    REQUESTED = "requested"
    REFUNDED = "refunded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Asked, and from here nobody can tell whether it moved: asking again might pay twice."""


@dataclass(frozen=True, kw_only=True)
class RefundPart:
    """Money owed through one payment of an order.

    Without a transaction and without a payment there is nobody to ask: staff pay it back by hand.
    """

    amount: Decimal
    currency: str
    transaction_id: int | None = None
    granted_refund_id: int | None = None
    payment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RefundAnswer:
    outcome: RefundOutcome
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The order that was made in place of units taken off another."""

    order_id: UUID
    order_number: str
    total: Decimal
    """Gross, of its goods alone."""


@dataclass(frozen=True, kw_only=True)
class VoucherCampaign:
    """Vouchers that are worth the same on the same terms; each customer has a code of their own."""

    kind: str
    name: str
    """As staff find it, and as customers see it on their order."""
    channel_id: int
    currency: str
    percent: int
    """0 where it is worth an amount."""
    amount: Decimal
    minimum: Decimal
    starts_at: datetime
    ends_at: datetime | None

    @property
    def key(self) -> str:
        """Return what two campaigns that are the same have in common, and no others."""
        worth = f"{self.percent}%" if self.percent else f"{self.amount.normalize():f}"
        ends = self.ends_at.date().isoformat() if self.ends_at else ""
        starts = self.starts_at.date().isoformat()
        minimum = f"{self.minimum.normalize():f}"
        return f"{self.channel_id}/{self.kind}/{worth}/{starts}/{ends}/{minimum}"


class Host(Protocol):
    """The shop."""

    def settings(self) -> ShopSettings:
        """Return the plugin's settings as the shop's admin last saved them."""

    def requester(self, context: Any) -> Requester:
        """Return who sends a GraphQL request, with the permissions that they hold."""

    def read_connection(self, context: Any) -> str:
        """Return the database alias from which a query should read."""

    def language(self, context: Any) -> str:
        """Return the language code of a GraphQL request."""

    def insufficient_stock(self, shortages: Sequence[Shortage]) -> Exception:
        """Build the exception that every caller in the shop answers with INSUFFICIENT_STOCK."""

    def checkout_refusal(self, message: str, *, code: str, field: str) -> Exception:
        """Build the exception that ``checkoutComplete`` answers with this message and code."""

    def writer(self) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Return a decorator inside which writing to the primary database is allowed."""

    def graphql_view(self, schema: Any) -> Callable[..., Any]:
        """Build a Django view that serves a graphene schema with the shop's authentication."""

    def today(self) -> date:
        """Return the shop's current day."""

    def release_units(
        self, *, order_line_id: UUID, quantity: int, amount: Decimal, reason: str, actor: Actor
    ) -> None:
        """Take undispatched units off an order line, in the caller's transaction.

        As staff do it: a fulfilment REFUNDED that says ``amount`` (gross) was put back.  No money
        moves.  The caller holds the order's row lock and knows that the units are undispatched.
        """

    def cancel_order(self, *, order_id: UUID, actor: Actor) -> None:
        """Cancel a whole order in the caller's transaction; no money moves."""

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

        As staff do it: a fulfilment REPLACED on the old order, and a new order for the same
        customer, placed and paid for by the old one.  ``most`` is what the old units came to,
        gross.  Its goods come to the shop's price of today, or to ``most`` where that is dearer and
        ``dearer_at_same_price`` says so.  Shipping is not charged again.

        :raises saleor_backorders.errors.DearerThanAllowed: dearer, and the shop does not allow it.
        """

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
        """Write down in the shop that money is owed, in the caller's transaction.

        Returns the payments that it has to go through; the parts add up to ``amount``.
        """

    def ask_refund(self, *, part: RefundPart, key: str, actor: Actor) -> RefundAnswer:
        """Ask whoever holds the money to send it back; called outside of any transaction.

        ``key`` is the same for every attempt at the same money, so that a payment app which keeps
        idempotency keys sends it once.  Never raises for a refusal: it is an answer.
        """

    def refund_outcome(self, *, part: RefundPart, key: str) -> RefundAnswer:
        """Return what the shop knows of a refund, without asking anybody."""

    def add_note(self, *, order_id: UUID, message: str, actor: Actor) -> None:
        """Leave a note for staff in the order's history, in the caller's transaction."""

    def issue_voucher(self, *, campaign: VoucherCampaign, code: str) -> None:
        """Make a voucher code that may be used once, in the caller's transaction.

        Codes of one campaign belong to one voucher, however many workers issue them at once.
        """

    def withdraw_voucher(self, *, code: str) -> bool:
        """Switch off a voucher code that nobody used; tell whether that was so."""

    def give_back_voucher(self, *, code: str) -> None:
        """Let a voucher code be used that a checkout took, and of which no order came."""

    def voucher_refusal(self, message: str) -> Exception:
        """Build the exception that every caller answers with VOUCHER_NOT_APPLICABLE.

        For where a code is being used up; before that, ``checkout_refusal`` says more.
        """

    def base_url(self) -> str:
        """Return the address under which customers reach the API's host."""

    def shop_name(self) -> str:
        """Return what the shop calls itself."""

    def mail_connection(self, *, timeout: int) -> Any:
        """Return a Django mail backend to the shop's mail server, not opened yet."""

    def notify(self, *, event: str, payload: dict[str, Any], channel_slug: str) -> None:
        """Hand a message to whatever in the shop sends messages.

        :raises saleor_backorders.errors.NobodyListens: there is nothing.
        """
