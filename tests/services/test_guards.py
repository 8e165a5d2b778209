"""What may not happen is refused where the row is built or deleted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_backorders import receivers
from saleor_backorders.models import Offer, VirtualStock
from sandbox.money.vouchers import NotApplicable
from sandbox.stock.errors import InsufficientStock
from tests.services.counter import Counter, run_triggers
from tests.services.test_virtual_warehouses import virtual
from tests.sql.world import model


@pytest.fixture
def counter(db: None) -> Counter:
    receivers._installed()
    return Counter()


def buy(counter: Counter, variant: Any, quantity: int) -> Any:
    with transaction.atomic():
        line = counter.shop.buy(variant, quantity, counter.channel)
    run_triggers()
    return line


def test_limit__what_is_on_the_shelf_and_what_may_wait(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=10)
    with pytest.raises(InsufficientStock) as refusal:
        buy(counter, variant, 13)
    assert refusal.value.items[0].available_quantity == 12
    assert refusal.value.items[0].variant == variant
    first = buy(counter, variant, 5)
    assert (counter.shop.has(first), counter.shop.waits(first)) == (2, 3)
    with pytest.raises(InsufficientStock) as refusal:
        buy(counter, variant, 8)
    assert refusal.value.items[0].available_quantity == 7
    last = buy(counter, variant, 7)
    assert (counter.shop.has(last), counter.shop.waits(last)) == (0, 7)


def test_limit__counts_all_lines_of_an_order_for_the_variant(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=3)
    order = counter.shop.order(counter.channel)
    counter.shop.allocate(counter.shop.line(order, variant, 4), 4)
    line = counter.shop.line(order, variant, 2)
    with pytest.raises(InsufficientStock):
        counter.shop.allocate(line, 2)


def test_limit__switched_off_admits_only_what_is_there(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=10)
    counter.rule(allow=False)
    with pytest.raises(InsufficientStock) as refusal:
        buy(counter, variant, 3)
    assert refusal.value.items[0].available_quantity == 2


def test_limit__no_say_where_backorders_were_never_allowed(counter: Counter) -> None:
    variant = counter.sold(2)
    line = counter.shop.line(counter.shop.order(counter.channel), variant, 9)
    counter.shop.allocate(line, 9)
    assert counter.shop.held(line) == {counter.shop.choices(line).get().pk: 2}


def test_limit__a_preorder_that_ends_is_not_refused(counter: Counter) -> None:
    variant = counter.sold(0)
    counter.rule(allow=True, limit=1)
    type(variant).objects.filter(pk=variant.pk).update(is_preorder=True)
    line = counter.shop.line(counter.shop.order(counter.channel), variant, 3)
    virtual_row = model("warehouse", "Stock").objects.get(pk=VirtualStock.objects.get().stock_id)
    counter.shop.give(line, virtual_row, 3)
    run_triggers()
    assert counter.shop.waits(line) == 3


def test_limit__what_the_order_s_own_checkout_holds_is_its_own(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=1)
    shelf = variant.stocks.get(pk__lt=1_000_000_000)
    held = counter.shop.reserve(shelf, 2, counter.channel)
    with pytest.raises(InsufficientStock) as refusal:
        buy(counter, variant, 2)
    assert refusal.value.items[0].available_quantity == 1
    order = counter.shop.order(counter.channel, checkout_token=str(held.checkout_line.checkout_id))
    line = counter.shop.line(order, variant, 3)
    counter.shop.allocate(line, 3)
    assert counter.shop.held(line) == {shelf.pk: 2, 0: 1}


def test_limit__an_edited_line_is_saved_after_its_allocations(counter: Counter) -> None:
    variant = counter.sold(0)
    counter.rule(allow=True, limit=3)
    line = counter.shop.line(counter.shop.order(counter.channel), variant, 2)
    virtual_row = model("warehouse", "Stock").objects.get(pk=VirtualStock.objects.get().stock_id)
    with pytest.raises(InsufficientStock) as refusal:
        counter.shop.give(line, virtual_row, 5)
    assert refusal.value.items[0].available_quantity == 3


def test_limit__two_statements_for_a_new_row_and_none_for_a_saved_one(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=10)
    line = buy(counter, variant, 2)
    allocation = model("warehouse", "Allocation")
    with CaptureQueriesContext(connection) as asked:
        allocation(order_line=line, stock_id=1, quantity_allocated=1)
    # Whether our tables are still there, and what room there is.
    assert len(asked) == 2
    with CaptureQueriesContext(connection) as asked:
        list(allocation.objects.all())
    assert len(asked) == 1


def test_shipment__never_from_a_virtual_row(counter: Counter) -> None:
    variant = counter.sold(2)
    counter.rule(allow=True, limit=10)
    line = buy(counter, variant, 5)
    row = VirtualStock.objects.get()
    shipment = model("order", "FulfillmentLine")
    with pytest.raises(InsufficientStock) as refusal:
        shipment(order_line=line, stock_id=row.stock_id, quantity=3)
    assert refusal.value.items[0].order_line == line
    assert refusal.value.items[0].warehouse_pk == virtual().pk
    shelf = counter.shop.choices(line).get(pk__lt=1_000_000_000)
    assert shipment(order_line=line, stock_id=shelf.pk, quantity=2).quantity == 2


def test_shipment__an_imported_order_tells_of_one_elsewhere(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    row = VirtualStock.objects.get()
    unsaved = model("order", "OrderLine")(variant=variant, quantity=3)
    line = model("order", "FulfillmentLine")(order_line=unsaved, stock_id=row.stock_id, quantity=3)
    assert line.quantity == 3


def test_deletion__of_a_virtual_row_or_warehouse_that_orders_wait_on(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    line = buy(counter, variant, 4)
    stock = model("warehouse", "Stock").objects.get(pk=VirtualStock.objects.get().stock_id)
    for doomed in (stock, virtual()):
        with pytest.raises(ValidationError, match="Orders wait"), transaction.atomic():
            doomed.delete()
    with pytest.raises(ValidationError), transaction.atomic():
        type(stock).objects.filter(pk=stock.pk).delete()
    assert counter.shop.waits(line) == 4


def test_deletion__of_a_virtual_row_nobody_waits_on(counter: Counter) -> None:
    counter.sold()
    counter.rule(allow=True, limit=10)
    home, stocks = virtual(), model("warehouse", "Stock").objects
    stocks.get(pk=VirtualStock.objects.get().stock_id).delete()
    home.delete()
    assert not stocks.filter(pk__gte=1_000_000_000).exists()
    assert not type(home).objects.filter(pk=home.pk).exists()


def test_deletion__a_product_takes_its_rows_with_it(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    buy(counter, variant, 4)
    counter.product.delete()
    run_triggers()
    assert not VirtualStock.objects.exists()


def test_deletion__of_a_virtual_row_that_a_cancelled_order_waited_on(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    line = buy(counter, variant, 4)
    stock = model("warehouse", "Stock").objects.get(pk=VirtualStock.objects.get().stock_id)
    counter.shop.cancel(line)
    run_triggers()
    left = model("warehouse", "Allocation").objects.filter(stock=stock)
    assert list(left.values_list("quantity_allocated", flat=True)) == [0]
    stock.delete()
    assert not type(stock).objects.filter(pk=stock.pk).exists()


def test_deletion__a_virtual_warehouse_goes_with_what_a_cancelled_order_left(
    counter: Counter,
) -> None:
    variant = counter.sold()
    counter.rule(allow=True, limit=10)
    counter.shop.cancel(buy(counter, variant, 4))
    run_triggers()
    warehouse = virtual()
    warehouse.delete()
    assert not type(warehouse).objects.filter(pk=warehouse.pk).exists()


def ours_in_checkout(counter: Counter, code: str | None = "WAIT-1") -> Any:
    """Return a checkout that has a code of ours, or another one, or none."""
    Offer.objects.create(
        kind="waiting", order_id=uuid4(), channel_id=counter.channel.pk, email="ada@example.com",
        percent=10, currency="USD", code="WAIT-1", valid_from=timezone.now(),
        issued_at=timezone.now(),
    )  # fmt: skip
    return model("checkout", "Checkout").objects.create(
        channel=counter.channel, currency="USD", voucher_code=code
    )


def place(counter: Counter, token: object, **fields: Any) -> Any:
    return counter.shop.order(counter.channel, checkout_token=str(token), **fields)


def test_order__not_with_our_discount_and_without_the_code(counter: Counter) -> None:
    checkout = ours_in_checkout(counter)
    for without in (None, ""):
        with pytest.raises(NotApplicable, match="This voucher was used"):
            place(counter, checkout.pk, voucher_code=without)
    assert not model("order", "Order").objects.exists()


def test_order__with_the_code_or_of_a_checkout_without_it(counter: Counter) -> None:
    checkout = ours_in_checkout(counter)
    other = model("checkout", "Checkout").objects.create(
        channel=counter.channel, currency="USD", voucher_code="SUMMER"
    )
    made = place(counter, checkout.pk, voucher_code="WAIT-1")
    for token in (other.pk, "", "brought-in-from-elsewhere"):
        place(counter, token)
    assert model("order", "Order").objects.count() == 4
    # A saved order is nobody's business: staff may take its code off.
    made.voucher_code = None
    made.save()
    made.refresh_from_db()
    assert made.voucher_code is None
