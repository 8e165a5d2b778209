"""The host's rows that our Python reads: what is in them, and where to get them.

Both hosts have these tables under the same names.  Read from here rather than from the host's
own models, which the package does not know, they have types; a test compares the columns with
``tables.py`` and with the models of both hosts.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

PRIMARY = "default"


class Address(Protocol):
    """A row of ``account_address``."""

    id: int


class Allocation(Protocol):
    """A row of ``warehouse_allocation``."""

    id: int
    order_line_id: UUID
    stock_id: int
    quantity_allocated: int


class Category(Protocol):
    """A row of ``product_category``."""

    id: int
    lft: int
    rght: int
    tree_id: int


class Channel(Protocol):
    """A row of ``channel_channel``."""

    id: int
    slug: str
    name: str
    default_country: object
    """A country's code once it is a string."""


class Order(Protocol):
    """A row of ``order_order``."""

    id: UUID
    number: int
    status: str
    channel_id: int
    user_id: int | None
    user_email: str
    language_code: str
    currency: str
    total_gross_amount: Decimal
    total_charged_amount: Decimal
    shipping_price_gross_amount: Decimal


class OrderLine(Protocol):
    """A row of ``order_orderline``."""

    id: UUID
    order_id: UUID
    created_at: datetime
    quantity: int
    quantity_fulfilled: int
    currency: str
    total_price_gross_amount: Decimal
    product_name: str
    variant_name: str
    translated_product_name: str
    translated_variant_name: str


class GrantedRefund(Protocol):
    """A row of ``order_ordergrantedrefund``."""

    id: int
    order_id: UUID
    amount_value: Decimal
    currency: str
    status: str
    reason: str
    shipping_costs_included: bool
    transaction_item_id: int | None
    user_id: int | None
    app_id: int | None


class GrantedRefundLine(Protocol):
    """A row of ``order_ordergrantedrefundline``."""

    id: int
    granted_refund_id: int
    order_line_id: UUID
    quantity: int


class TransactionItem(Protocol):
    """A row of ``payment_transactionitem``."""

    id: int
    order_id: UUID | None
    currency: str
    charged_value: Decimal
    refund_pending_value: Decimal
    refunded_value: Decimal
    app_id: int | None
    app_identifier: str | None


class TransactionEvent(Protocol):
    """A row of ``payment_transactionevent``."""

    id: int
    transaction_id: int
    type: str
    amount_value: Decimal
    currency: str
    message: str | None
    psp_reference: str | None
    idempotency_key: str | None
    include_in_calculations: bool
    related_granted_refund_id: int | None


class Payment(Protocol):
    """A row of ``payment_payment``."""

    id: int
    captured_amount: Decimal


class GatewayTransaction(Protocol):
    """A row of ``payment_transaction``."""

    id: int
    payment_id: int
    kind: str
    is_success: bool
    amount: Decimal


class PluginConfiguration(Protocol):
    """A row of ``plugins_pluginconfiguration``."""

    identifier: str
    channel_id: int | None
    configuration: object
    active: bool


class Product(Protocol):
    """A row of ``product_product``."""

    id: int
    name: str
    slug: str
    category_id: int | None


class Variant(Protocol):
    """A row of ``product_productvariant``."""

    id: int
    name: str
    sku: str | None
    product_id: int


class VariantListing(Protocol):
    """A row of ``product_productvariantchannellisting``."""

    variant_id: int
    channel_id: int
    price_amount: Decimal | None


class Warehouse(Protocol):
    """A row of ``warehouse_warehouse``."""

    id: UUID
    name: str
    slug: str
    address_id: int
    is_private: bool
    click_and_collect_option: str

    def delete(self) -> object:
        """Delete it with all that hangs on it."""


class ChannelWarehouse(Protocol):
    """A row of ``warehouse_channelwarehouse``."""

    id: int
    channel_id: int
    warehouse_id: UUID


MODELS: dict[type, str] = {
    Address: "account.Address",
    Allocation: "warehouse.Allocation",
    Category: "product.Category",
    Channel: "channel.Channel",
    ChannelWarehouse: "warehouse.ChannelWarehouse",
    GatewayTransaction: "payment.Transaction",
    GrantedRefund: "order.OrderGrantedRefund",
    GrantedRefundLine: "order.OrderGrantedRefundLine",
    Order: "order.Order",
    OrderLine: "order.OrderLine",
    PluginConfiguration: "plugins.PluginConfiguration",
    Payment: "payment.Payment",
    Product: "product.Product",
    TransactionEvent: "payment.TransactionEvent",
    TransactionItem: "payment.TransactionItem",
    Variant: "product.ProductVariant",
    VariantListing: "product.ProductVariantChannelListing",
    Warehouse: "warehouse.Warehouse",
}


def addresses(using: str = PRIMARY) -> QuerySet[Model, Address]:
    """Return the addresses."""
    return _rows(Address, using)


def allocations(using: str = PRIMARY) -> QuerySet[Model, Allocation]:
    """Return how many units of which stock row each order line has."""
    return _rows(Allocation, using)


def categories(using: str = PRIMARY) -> QuerySet[Model, Category]:
    """Return the categories of products."""
    return _rows(Category, using)


def channels(using: str = PRIMARY) -> QuerySet[Model, Channel]:
    """Return the channels."""
    return _rows(Channel, using)


def channel_warehouses(using: str = PRIMARY) -> QuerySet[Model, ChannelWarehouse]:
    """Return which warehouse belongs to which channel."""
    return _rows(ChannelWarehouse, using)


def gateway_transactions(using: str = PRIMARY) -> QuerySet[Model, GatewayTransaction]:
    """Return what gateways did with payments of the older kind."""
    return _rows(GatewayTransaction, using)


def granted_refunds(using: str = PRIMARY) -> QuerySet[Model, GrantedRefund]:
    """Return the refunds that anybody granted."""
    return _rows(GrantedRefund, using)


def granted_refund_lines(using: str = PRIMARY) -> QuerySet[Model, GrantedRefundLine]:
    """Return for which units refunds were granted."""
    return _rows(GrantedRefundLine, using)


def orders(using: str = PRIMARY) -> QuerySet[Model, Order]:
    """Return the orders."""
    return _rows(Order, using)


def order_lines(using: str = PRIMARY) -> QuerySet[Model, OrderLine]:
    """Return the lines of orders."""
    return _rows(OrderLine, using)


def plugin_configurations(using: str = PRIMARY) -> QuerySet[Model, PluginConfiguration]:
    """Return the settings of the shop's plugins."""
    return _rows(PluginConfiguration, using)


def products(using: str = PRIMARY) -> QuerySet[Model, Product]:
    """Return the products."""
    return _rows(Product, using)


def transaction_events(using: str = PRIMARY) -> QuerySet[Model, TransactionEvent]:
    """Return what payment apps were asked, and what they reported."""
    return _rows(TransactionEvent, using)


def transaction_items(using: str = PRIMARY) -> QuerySet[Model, TransactionItem]:
    """Return what payment apps hold of orders."""
    return _rows(TransactionItem, using)


def variants(using: str = PRIMARY) -> QuerySet[Model, Variant]:
    """Return the variants of products."""
    return _rows(Variant, using)


def variant_listings(using: str = PRIMARY) -> QuerySet[Model, VariantListing]:
    """Return which channel sells which variant for what."""
    return _rows(VariantListing, using)


def warehouses(using: str = PRIMARY) -> QuerySet[Model, Warehouse]:
    """Return the warehouses, ours among them."""
    return _rows(Warehouse, using)


def _rows(kind: type, using: str) -> QuerySet[Any, Any]:
    """Return all rows of a kind in no order, whatever the host's own managers leave out."""
    rows: QuerySet[Any, Any] = apps.get_model(MODELS[kind])._base_manager.using(using)
    return rows.order_by()
