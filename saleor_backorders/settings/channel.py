"""What a channel may say for itself; what it does not say, the shop says.

The names of the attributes are those of the stored settings and of ``ChannelRule``'s columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from saleor_backorders.models import MessageKind, Transport

from . import product_url as product_urls
from .fields import (
    Address,
    Amount,
    Choice,
    Flag,
    Group,
    Joined,
    Line,
    WholeNumber,
    setting,
    split,
)

MAX_RULE_DAYS = 365
MAX_VOUCHER_DAYS = 3650
LANGUAGES = ("en", "de", "fr", "es", "pl")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How a channel counts days and deals with delays."""

    working_days: bool = setting(
        Group.DATES,
        Flag(
            label="count working days",
            help_text="Lead times and safety days leave out Saturdays and Sundays.",
        ),
        default=False,
    )
    safety_days: int = setting(
        Group.DATES,
        WholeNumber(
            label="safety days",
            help_text="Days added to every lead time before it is shown to a shopper.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=0,
    )
    tolerance_days: int = setting(
        Group.DELAYS,
        WholeNumber(
            label="tolerated days",
            help_text="A date that slips by more days than this asks the customer whether to keep "
            "waiting.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=2,
    )
    silence_days: int = setting(
        Group.DELAYS,
        WholeNumber(
            label="days until silence cancels",
            help_text="Days after which what waits is cancelled and refunded when the customer "
            "did not answer. Empty: who does not answer keeps waiting.",
            min_value=1,
            max_value=MAX_RULE_DAYS,
            required=False,
            empty_value=0,
        ),
        default=0,
    )
    dearer_at_same_price: bool = setting(
        Group.DELAYS,
        Flag(
            label="give dearer alternatives at the same price",
            help_text="A customer who does not want to wait may take something dearer for what "
            "they paid. Otherwise only what costs as much or less, with the difference refunded.",
        ),
        default=False,
    )


@dataclass(frozen=True, kw_only=True)
class MailRule:
    """How a channel speaks to people; the defaults hold where nobody says anything."""

    transport: str = setting(
        Group.MESSAGES,
        Choice(
            label="how they are sent",
            help_text="mail: by this shop's mail server. notify: by Saleor's notifications, for a "
            "plugin or an app that sends them. off: not at all.",
            choices=Transport.choices,
        ),
        default="mail",
    )
    sender_name: str = setting(
        Group.MESSAGES,
        Line(
            label="sender's name",
            help_text="Whom customers see as the sender. Empty for the shop's name.",
            max_length=100,
        ),
        default="",
    )
    sender_address: str = setting(
        Group.MESSAGES,
        Address(
            label="sender's address",
            help_text="Where messages come from. Empty for the mail server's default sender.",
        ),
        default="",
    )
    reply_to: str = setting(
        Group.MESSAGES,
        Address(
            label="reply to",
            help_text="The address that answers go to. Empty for the sender's.",
        ),
        default="",
    )
    staff_emails: str = setting(
        Group.STAFF,
        Joined(
            Address(),
            label="addresses",
            help_text="Who hears of low stock, late promises and refunds that failed, separated "
            "by commas. Empty: nobody.",
        ),
        default="",
    )
    muted: str = setting(
        Group.MESSAGES,
        Joined(
            Choice(choices=MessageKind.choices),
            label="kinds that are not sent",
            help_text="Kinds separated by commas: placed, delayed, earlier, allocated, cancelled, "
            "refunded, status, offer, back_in_stock, rate, low_stock, limit, late, refund_failed, "
            "given_up. Empty: all are sent.",
        ),
        default="",
    )
    language: str = setting(
        Group.MESSAGES,
        Choice(
            label="language",
            help_text="For orders in a language that has no templates, and for the staff: en, de, "
            "fr, es or pl. Empty for Saleor's own.",
            choices=[(code, code) for code in LANGUAGES],
            required=False,
        ),
        default="",
    )
    product_url: str = setting(
        Group.MESSAGES,
        Line(
            label="address of a product in your storefront",
            help_text="Where a mail that something is back leads, with {slug}, {product}, "
            "{variant} or {channel} in it: https://shop.example/{channel}/products/{slug}. "
            "Empty: it names the product without a link.",
            max_length=500,
            validators=[product_urls.check],
        ),
        default="",
    )
    status_days: int = setting(
        Group.MESSAGES,
        WholeNumber(
            label="days between status updates",
            help_text="A word to who still waits, every so many days. 0 for none.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=14,
    )
    rate_days: int = setting(
        Group.MESSAGES,
        WholeNumber(
            label="days until customers are asked how it went",
            help_text="Days from the one on which the last unit was sent. 0 asks nobody.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=7,
    )
    late_warning_days: int = setting(
        Group.STAFF,
        WholeNumber(
            label="days ahead of a promise that they are warned",
            help_text="They hear so many days ahead of promises that no shipment covers yet.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=2,
    )
    limit_warning_percent: int = setting(
        Group.STAFF,
        WholeNumber(
            label="percent of a limit at which they are warned",
            help_text="They hear when so many percent of what may wait do wait. 0 for never.",
            min_value=0,
            max_value=100,
        ),
        default=90,
    )
    offer_start_days: int = setting(
        Group.VOUCHERS,
        WholeNumber(
            label="days until one may be used",
            help_text="Days from the one on which it is sent. 0 for at once.",
            min_value=0,
            max_value=MAX_RULE_DAYS,
        ),
        default=0,
    )
    offer_valid_days: int = setting(
        Group.VOUCHERS,
        WholeNumber(
            label="days for which one may be used",
            help_text="Days from the first on which it may be used until it is worth nothing. 0 "
            "for ever.",
            min_value=0,
            max_value=MAX_VOUCHER_DAYS,
        ),
        default=90,
    )
    offer_minimum: Decimal = setting(
        Group.VOUCHERS,
        Amount(
            label="least value of an order that uses one",
            help_text="In the channel's currency. 0 for any.",
        ),
        default=Decimal(0),
    )
    credit_per_week: Decimal = setting(
        Group.VOUCHERS,
        Amount(
            label="credit for each started week of delay",
            help_text="In the channel's currency, offered as a voucher. 0 for none.",
        ),
        default=Decimal(0),
    )
    credit_most: Decimal = setting(
        Group.VOUCHERS,
        Amount(
            label="most credit for one order",
            help_text="In the channel's currency. 0 for no bound.",
        ),
        default=Decimal(0),
    )
    credit_budget: Decimal = setting(
        Group.VOUCHERS,
        Amount(
            label="most credit in one month",
            help_text="In each channel's currency. When it is used up, no more is offered until "
            "the next month. 0 for no bound.",
        ),
        default=Decimal(0),
    )

    @property
    def staff(self) -> tuple[str, ...]:
        """Return who of the staff is written to."""
        return split(self.staff_emails)

    def sends(self, kind: str) -> bool:
        """Tell whether messages of a kind are sent at all."""
        return self.transport != Transport.OFF and kind not in split(self.muted)
