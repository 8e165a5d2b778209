"""What can be set in the Dashboard: each setting's name, how it is shown, its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

FieldKind = Literal["string", "boolean"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One setting: its name, how the Dashboard shows it, and what it is until somebody says."""

    name: str
    kind: FieldKind
    label: str
    help_text: str
    default: Any


FIELDS: tuple[Field, ...] = (
    Field(
        name="channels",
        kind="string",
        label="Channels",
        help_text="Slugs of the channels that these settings concern, separated by commas. "
        "Empty for all of them. A channel's own rule overrides these settings.",
        default="",
    ),
    Field(
        name="allow",
        kind="boolean",
        label="Allow backorders by default",
        help_text="Sell every variant of these channels beyond what is on the shelf, unless a "
        "rule for the variant, its product, its category or the channel says otherwise.",
        default=False,
    ),
    Field(
        name="limit",
        kind="string",
        label="Units that may wait",
        help_text="How many units of one variant may wait at once in one channel. "
        "Empty for no limit.",
        default="",
    ),
    Field(
        name="lead_time_days",
        kind="string",
        label="Lead time in days",
        help_text="Days until a unit arrives of which no shipment is known yet.",
        default="30",
    ),
    Field(
        name="agreement_required",
        kind="boolean",
        label="Ask shoppers to agree to wait",
        help_text="Refuse to complete a checkout until the shopper agreed to what would wait.",
        default=False,
    ),
    Field(
        name="priority",
        kind="string",
        label="Priority",
        help_text="Orders with a higher priority are served first; older ones among equals.",
        default="0",
    ),
    Field(
        name="working_days",
        kind="boolean",
        label="Count working days",
        help_text="Lead times leave out Saturdays and Sundays.",
        default=False,
    ),
    Field(
        name="safety_days",
        kind="string",
        label="Safety days",
        help_text="Days added to every lead time before it is shown to a shopper.",
        default="0",
    ),
    Field(
        name="tolerance_days",
        kind="string",
        label="Tolerated delay in days",
        help_text="A date that moves by more than this asks the customer whether to keep waiting.",
        default="2",
    ),
    Field(
        name="silence_days",
        kind="string",
        label="Days until silence cancels",
        help_text="Cancel and refund what waits when a customer has not answered for so many days. "
        "Empty: who does not answer keeps waiting.",
        default="",
    ),
    Field(
        name="dearer_at_same_price",
        kind="boolean",
        label="Give dearer alternatives at the same price",
        help_text="A customer who does not want to wait may take something dearer for what they "
        "paid. Otherwise only what costs as much or less, with the difference refunded.",
        default=False,
    ),
    Field(
        name="overdue_days",
        kind="string",
        label="Days an overdue shipment is believed",
        help_text="After so many days beyond its date a shipment promises nothing to anybody, "
        "until somebody books it or gives it another date.",
        default="3",
    ),
    Field(
        name="sweep_seconds",
        kind="string",
        label="Seconds between sweeps",
        help_text="How often the background task finishes what a busy moment put off.",
        default="60",
    ),
    Field(
        name="transport",
        kind="string",
        label="How messages are sent",
        help_text="mail: by this shop's mail server. notify: by Saleor's notifications, for a "
        "plugin or an app that sends them. off: not at all.",
        default="mail",
    ),
    Field(
        name="sender_name",
        kind="string",
        label="Sender's name",
        help_text="Empty for the shop's name.",
        default="",
    ),
    Field(
        name="sender_address",
        kind="string",
        label="Sender's address",
        help_text="Empty for the mail server's default sender.",
        default="",
    ),
    Field(
        name="reply_to",
        kind="string",
        label="Reply to",
        help_text="The address that answers go to. Empty for the sender's.",
        default="",
    ),
    Field(
        name="staff_emails",
        kind="string",
        label="Addresses of the staff",
        help_text="Who hears of low stock, late promises and refunds that failed, separated by "
        "commas. Empty: nobody.",
        default="",
    ),
    Field(
        name="muted",
        kind="string",
        label="Messages that are not sent",
        help_text="Kinds separated by commas: placed, delayed, earlier, allocated, cancelled, "
        "refunded, status, offer, back_in_stock, rate, low_stock, limit, late, refund_failed, "
        "given_up.",
        default="",
    ),
    Field(
        name="language",
        kind="string",
        label="Language of messages",
        help_text="For orders in a language that has no templates, and for the staff: en, de, fr, "
        "es or pl. Empty for Saleor's own.",
        default="",
    ),
    Field(
        name="product_url",
        kind="string",
        label="Address of a product in your storefront",
        help_text="Where a mail that something is back leads, with {slug}, {product}, {variant} or "
        "{channel} in it: https://shop.example/{channel}/products/{slug}. Empty: it names the "
        "product without a link.",
        default="",
    ),
    Field(
        name="status_days",
        kind="string",
        label="Days between status updates",
        help_text="A word to who still waits, every so many days. 0 for none.",
        default="14",
    ),
    Field(
        name="rate_days",
        kind="string",
        label="Days until customers are asked how it went",
        help_text="Counted from the day the last unit was sent. 0 asks nobody.",
        default="7",
    ),
    Field(
        name="late_warning_days",
        kind="string",
        label="Days ahead of a promise that staff are warned",
        help_text="Of promises that no shipment covers yet.",
        default="2",
    ),
    Field(
        name="limit_warning_percent",
        kind="string",
        label="Percent of a limit at which staff are warned",
        help_text="0 for never.",
        default="90",
    ),
    Field(
        name="offer_start_days",
        kind="string",
        label="Days until a voucher may be used",
        help_text="0 for at once.",
        default="0",
    ),
    Field(
        name="offer_valid_days",
        kind="string",
        label="Days for which a voucher may be used",
        help_text="0 for ever.",
        default="90",
    ),
    Field(
        name="offer_minimum",
        kind="string",
        label="Least value of an order that uses a voucher",
        help_text="In the channel's currency. 0 for any.",
        default="0",
    ),
    Field(
        name="credit_per_week",
        kind="string",
        label="Credit for each started week of delay",
        help_text="In the channel's currency, as a voucher. 0 for none.",
        default="0",
    ),
    Field(
        name="credit_most",
        kind="string",
        label="Most credit for one order",
        help_text="0 for no bound.",
        default="0",
    ),
    Field(
        name="credit_budget",
        kind="string",
        label="Most credit in one month",
        help_text="For each channel. When it is used up, no more is offered until the next month. "
        "0 for no bound.",
        default="0",
    ),
)
