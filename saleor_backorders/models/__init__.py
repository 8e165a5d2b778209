"""The plugin's own tables.

Rows point at Saleor's rows by plain ids without database constraints: Saleor deletes some of
its rows with raw SQL (``clearorders``), and the ledger has to outlive what it speaks of.  The
commit-time engine in ``sql/`` writes most of these tables; Python only reads them, except where
a docstring says otherwise.
"""

from __future__ import annotations

from .goodwill import (
    Offer,
    OfferKind,
    Rating,
)
from .ledger import (
    AllocationChange,
    Backorder,
    BackorderStatus,
    DirtyVariant,
    Movement,
    MovementKind,
)
from .mail import (
    FOR_STAFF,
    OPTIONAL,
    Alert,
    BackInStockSubscription,
    Message,
    MessageKind,
    MessageState,
    Unsubscribed,
)
from .money import (
    Cancellation,
    Refund,
    RefundState,
)
from .policy import (
    FIRST_VIRTUAL_STOCK_ID,
    NO_LIMIT,
    BackorderPolicy,
    ChannelRule,
    PolicyScope,
    Transport,
    VirtualStock,
    VirtualWarehouse,
)
from .promises import (
    Acknowledgement,
    Decision,
    DecisionState,
    Promise,
    SupplyAssignment,
)
from .supply import (
    IncomingShipment,
    IncomingShipmentLine,
    Receipt,
    ReceiptLine,
    ShipmentStatus,
)

__all__ = [
    "FIRST_VIRTUAL_STOCK_ID",
    "FOR_STAFF",
    "NO_LIMIT",
    "OPTIONAL",
    "Acknowledgement",
    "Alert",
    "AllocationChange",
    "BackInStockSubscription",
    "Backorder",
    "BackorderPolicy",
    "BackorderStatus",
    "Cancellation",
    "ChannelRule",
    "Decision",
    "DecisionState",
    "DirtyVariant",
    "IncomingShipment",
    "IncomingShipmentLine",
    "Message",
    "MessageKind",
    "MessageState",
    "Movement",
    "MovementKind",
    "Offer",
    "OfferKind",
    "PolicyScope",
    "Promise",
    "Rating",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "RefundState",
    "ShipmentStatus",
    "SupplyAssignment",
    "Transport",
    "Unsubscribed",
    "VirtualStock",
    "VirtualWarehouse",
]
