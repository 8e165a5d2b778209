"""A small shop in the database, and a host that treats stock as carelessly as Saleor does.

``Shop`` writes Saleor's tables through the ORM of whichever host is installed.  Its operations
are the worst that Saleor's own do to the rows: allocation ignores who is there already, releases
take from the lowest stock id first, edits drop all rows of a line and write new ones.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Sum

from saleor_backorders.models import Backorder, DirtyVariant, VirtualStock, VirtualWarehouse

EPOCH = datetime(2026, 11, 1, tzinfo=UTC)
_serial = itertools.count(1)


def model(label: str, name: str) -> Any:
    return apps.get_model(label, name)


class Shop:
    """Channels, warehouses, one product, and orders."""

    def __init__(self) -> None:
        self.clock = itertools.count()
        self.product_type = model("product", "ProductType").objects.create(
            name="Things", slug=f"things-{next(_serial)}", kind="normal"
        )
        self.product = model("product", "Product").objects.create(
            name="Lamp", slug=f"lamp-{next(_serial)}", product_type=self.product_type
        )

    def channel(self, country: str = "US", **fields: Any) -> Any:
        number = next(_serial)
        return model("channel", "Channel").objects.create(
            name=f"Channel {number}", slug=f"channel-{number}", currency_code="USD",
            default_country=country, is_active=True, **fields,
        )  # fmt: skip

    def zone(self, channels: list[Any], warehouses: list[Any], countries: str = "US") -> Any:
        zone = model("shipping", "ShippingZone").objects.create(name="Zone", countries=countries)
        zone.channels.set(channels)
        for warehouse in warehouses:
            warehouse.shipping_zones.add(zone)
        return zone

    def let_zones_matter(self, matter: bool) -> None:
        """Switch the legacy availability by shipping zones."""
        settings = model("site", "SiteSettings").objects
        settings.update(use_legacy_shipping_zone_stock_availability=matter)

    def address(self, country: str = "US") -> Any:
        return model("account", "Address").objects.create(country=country)

    def warehouse(self, channels: list[Any], **fields: Any) -> Any:
        number = next(_serial)
        warehouse = model("warehouse", "Warehouse").objects.create(
            name=f"Warehouse {number}", slug=f"warehouse-{number}", address=self.address(), **fields
        )
        for channel in channels:
            self.link(channel, warehouse)
        return warehouse

    def link(self, channel: Any, warehouse: Any) -> None:
        model("warehouse", "ChannelWarehouse").objects.create(channel=channel, warehouse=warehouse)

    def variant(self) -> Any:
        return model("product", "ProductVariant").objects.create(
            product=self.product, name="Red", sku=f"lamp-{next(_serial)}"
        )

    def stock(self, variant: Any, warehouse: Any, quantity: int) -> Any:
        return model("warehouse", "Stock").objects.create(
            product_variant=variant, warehouse=warehouse, quantity=quantity
        )

    def allow(self, variant: Any, channel: Any, limit: int = 1000, **fields: Any) -> VirtualStock:
        """Give a variant its virtual row in a channel."""
        home = VirtualWarehouse.objects.filter(channel_id=channel.pk).first()
        if home is None:
            warehouse = self.warehouse([channel])
            for zone in channel.shipping_zones.all():
                warehouse.shipping_zones.add(zone)
            home = VirtualWarehouse.objects.create(channel_id=channel.pk, warehouse_id=warehouse.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('saleor_backorders_virtual_stock_id')")
            stock_id = cursor.fetchone()[0]
        row = VirtualStock(
            stock_id=stock_id, variant_id=variant.pk, channel_id=channel.pk, allow=True,
            limit_units=limit, lead_time_days=30, **fields,
        )  # fmt: skip
        row.save(force_insert=True)
        model("warehouse", "Stock").objects.create(
            pk=stock_id, product_variant=variant, warehouse_id=home.warehouse_id, quantity=limit
        )
        return row

    def order(self, channel: Any, country: str | None = None, **fields: Any) -> Any:
        return model("order", "Order").objects.create(
            channel=channel, currency="USD", origin="checkout",
            created_at=EPOCH + timedelta(minutes=next(self.clock)),
            shipping_address=self.address(country) if country else None,
            billing_address=self.address(country) if country else None, **fields,
        )  # fmt: skip

    def line(self, order: Any, variant: Any, quantity: int) -> Any:
        return model("order", "OrderLine").objects.create(
            order=order, variant=variant, quantity=quantity, product_name="Lamp",
            variant_name="Red", product_sku=variant.sku, currency="USD",
            is_shipping_required=True, is_gift_card=False, unit_price_net_amount=10,
            unit_price_gross_amount=10, total_price_net_amount=10, total_price_gross_amount=10,
        )  # fmt: skip

    @transaction.atomic
    def buy(self, variant: Any, quantity: int, channel: Any, **fields: Any) -> Any:
        """Place an order whose units Saleor allocates as if nobody else had ordered."""
        line = self.line(self.order(channel, **fields), variant, quantity)
        self.allocate(line, quantity)
        return line

    def choices(self, line: Any) -> Any:
        """Return the stock rows that the host would allocate a line from."""
        warehouses = model("warehouse", "ChannelWarehouse").objects.filter(
            channel_id=line.order.channel_id
        )
        return model("warehouse", "Stock").objects.filter(
            product_variant_id=line.variant_id,
            warehouse_id__in=warehouses.values("warehouse_id"),
        )

    def allocate(self, line: Any, quantity: int) -> None:
        stocks = list(self.choices(line).order_by("pk").select_for_update())
        for stock in stocks:
            units = min(quantity, stock.quantity)
            if units <= 0:
                continue
            self.give(line, stock, units)
            quantity -= units

    def give(self, line: Any, stock: Any, units: int) -> None:
        model("warehouse", "Allocation").objects.create(
            order_line=line, stock=stock, quantity_allocated=units
        )
        type(stock).objects.filter(pk=stock.pk).update(
            quantity_allocated=F("quantity_allocated") + units
        )

    @transaction.atomic
    def release(self, line: Any, units: int) -> None:
        """Deallocate units of a line, lowest stock id first.

        The allocations are locked without their stocks: a join would lose the row of a line that
        is being served meanwhile, since its stock is another one once the lock is free.
        """
        rows = model("warehouse", "Allocation").objects.filter(order_line=line)
        for row in list(rows.order_by("stock_id").select_for_update()):
            taken = min(units, row.quantity_allocated)
            row.quantity_allocated -= taken
            row.save(update_fields=["quantity_allocated"])
            model("warehouse", "Stock").objects.filter(pk=row.stock_id).update(
                quantity_allocated=F("quantity_allocated") - taken
            )
            units -= taken

    @transaction.atomic
    def edit(self, line: Any, quantity: int) -> None:
        """Change what an unconfirmed line asks for."""
        before = line.quantity
        line.quantity = quantity
        line.save(update_fields=["quantity"])
        if quantity < before:
            self.release(line, before - quantity)
        elif quantity > before:
            self.release(line, before)
            model("warehouse", "Allocation").objects.filter(order_line=line).delete()
            self.allocate(line, quantity)

    @transaction.atomic
    def cancel(self, line: Any, status: str = "canceled") -> None:
        type(line.order).objects.filter(pk=line.order_id).update(status=status)
        self.release(line, line.quantity)

    @transaction.atomic
    def ship(self, line: Any, warehouse: Any, units: int) -> Any:
        """Fulfil units of a line from a warehouse, whoever they belong to."""
        self.release(line, units)
        self.set_stock(line.variant, warehouse, change=-units)
        type(line).objects.filter(pk=line.pk).update(
            quantity_fulfilled=F("quantity_fulfilled") + units
        )
        line.refresh_from_db()
        shipment = model("order", "Fulfillment").objects.create(
            order=line.order, fulfillment_order=next(_serial), status="fulfilled"
        )
        return model("order", "FulfillmentLine").objects.create(
            fulfillment=shipment, order_line=line, quantity=units
        )

    @transaction.atomic
    def call_back(self, shipped: Any, warehouse: Any) -> None:
        """Cancel a fulfilment and restock it, as Saleor does: with an allocation for the line."""
        line = shipped.order_line
        type(shipped.fulfillment).objects.filter(pk=shipped.fulfillment_id).update(
            status="canceled"
        )
        type(line).objects.filter(pk=line.pk).update(
            quantity_fulfilled=F("quantity_fulfilled") - shipped.quantity
        )
        line.refresh_from_db()
        self.set_stock(line.variant, warehouse, change=shipped.quantity)
        stock = model("warehouse", "Stock").objects.get(
            product_variant=line.variant, warehouse=warehouse
        )
        row = model("warehouse", "Allocation").objects.filter(order_line=line, stock=stock).first()
        if row is None:
            self.give(line, stock, shipped.quantity)
        else:
            row.quantity_allocated += shipped.quantity
            row.save(update_fields=["quantity_allocated"])

    @transaction.atomic
    def refund_unshipped(self, line: Any, units: int, status: str = "refunded") -> None:
        """Refund units that were never shipped: Saleor counts them as fulfilled."""
        self.release(line, units)
        type(line).objects.filter(pk=line.pk).update(
            quantity_fulfilled=F("quantity_fulfilled") + units
        )
        line.refresh_from_db()
        refund = model("order", "Fulfillment").objects.create(
            order=line.order, fulfillment_order=next(_serial), status=status
        )
        model("order", "FulfillmentLine").objects.create(
            fulfillment=refund, order_line=line, quantity=units
        )

    @transaction.atomic
    def return_shipped(self, line: Any, units: int) -> None:
        """Take shipped units back: another fulfilment says so, and the line stays fulfilled."""
        back = model("order", "Fulfillment").objects.create(
            order=line.order, fulfillment_order=next(_serial), status="returned"
        )
        model("order", "FulfillmentLine").objects.create(
            fulfillment=back, order_line=line, quantity=units
        )

    def reserve(self, stock: Any, units: int, channel: Any, seconds: int = 600) -> Any:
        """Let a running checkout hold units of a stock row from now on."""
        checkout = model("checkout", "Checkout").objects.create(channel=channel, currency="USD")
        line = model("checkout", "CheckoutLine").objects.create(
            checkout=checkout, variant=stock.product_variant, quantity=units, currency="USD"
        )
        return model("warehouse", "Reservation").objects.create(
            checkout_line=line, stock=stock, quantity_reserved=units,
            reserved_until=datetime.now(UTC) + timedelta(seconds=seconds),
        )  # fmt: skip

    def set_stock(
        self, variant: Any, warehouse: Any, quantity: int | None = None, change: int = 0
    ) -> None:
        stocks = model("warehouse", "Stock").objects.filter(
            product_variant=variant, warehouse=warehouse
        )
        stocks.update(quantity=F("quantity") + change if quantity is None else quantity)

    def held(self, line: Any) -> dict[int, int]:
        """Return what a line has allocated, by stock id, virtual rows summed under 0."""
        virtual = set(VirtualStock.objects.values_list("stock_id", flat=True))
        found: dict[int, int] = {}
        rows = model("warehouse", "Allocation").objects.filter(order_line=line)
        for stock_id, units in rows.values_list("stock_id", "quantity_allocated"):
            key = 0 if stock_id in virtual else stock_id
            if units:
                found[key] = found.get(key, 0) + units
        return found

    def waits(self, line: Any) -> int:
        return self.held(line).get(0, 0)

    def has(self, line: Any) -> int:
        return sum(units for key, units in self.held(line).items() if key)

    def ledger(self, line: Any) -> tuple[int, int, int, int, int] | None:
        """Return quantity, waiting, allocated, fulfilled, cancelled."""
        return (
            Backorder.objects.filter(order_line_id=line.pk)
            .values_list("quantity", "waiting", "allocated", "fulfilled", "cancelled")
            .first()
        )

    def free(self, stock: Any) -> int:
        rows = model("warehouse", "Allocation").objects.filter(stock_id=stock.pk)
        taken = rows.aggregate(units=Sum("quantity_allocated"))["units"] or 0
        return int(type(stock).objects.get(pk=stock.pk).quantity - taken)


def put_off() -> list[str]:
    """Return why something is left to the sweep."""
    return list(DirtyVariant.objects.exclude(put_off="").values_list("put_off", flat=True))


def new_id() -> UUID:
    return uuid4()
