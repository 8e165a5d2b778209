"""What arrives is booked once, goes to those who wait, and is refused where it makes no sense."""

from __future__ import annotations

import base64
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.acceptance import documents
from tests.acceptance.dock import Dock, day
from tests.acceptance.killing import kill_at
from tests.acceptance.money import key_of
from tests.acceptance.shop import Answer, Shop
from tests.acceptance.test_shipping import assert_clean

GONE = base64.b64encode(b"ProductVariant:2147483647").decode()
NO_PALLET = base64.b64encode(b"IncomingShipment:2147483647").decode()
IMPORT = """
mutation IncomingShipmentImport($csv: String!) {
  incomingShipmentImport(csv: $csv) { incomingShipments { id } errors { row code message } }
}
"""
BOOKED = "SELECT quantity FROM warehouse_stock WHERE product_variant_id = %s AND id < 1000000000"


@pytest.fixture
def dock(plain_shop: Shop) -> Dock:
    """Open a shop with an empty shelf and a place for pallets."""
    plain_shop.put(0)
    plain_shop.allow(leadTimeDays=30).must()
    return Dock(plain_shop)


def free_stock(dock: Dock) -> int:
    """Return the units that the shop's books say are there."""
    ((units,),) = dock.shop.host.sql(BOOKED, dock.shop.variant.pk)
    return int(units)


def facts(dock: Dock) -> list[Any]:
    """Return everything that a refused mutation must leave as it was."""
    tables = ("incomingshipment", "incomingshipmentline", "receipt", "receiptline", "backorder")
    rows = [
        dock.shop.host.sql(f"SELECT to_jsonb(t)::text FROM saleor_backorders_{table} t ORDER BY 1")
        for table in tables
    ]
    return [*rows, free_stock(dock)]


def test_the_same_delivery_note_books_once_from_eight_connections(dock: Dock) -> None:
    order = dock.shop.buy(12)
    pallet = dock.pallet(10, 3)
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _: dock.book(pallet, key=key), range(20)))

    assert {answer.must()["incomingShipment"]["status"] for answer in answers} == {"RECEIVED"}
    assert free_stock(dock) == 10
    assert dock.shop.order(order).split == (10, 2)
    assert dock.read(pallet)["lines"][0]["quantityReceived"] == 10
    assert_clean(dock.shop)


def test_what_arrives_serves_the_queue_before_anybody_can_see_it(dock: Dock) -> None:
    orders = [dock.shop.buy(4), dock.shop.buy(4)]
    pallet = dock.pallet(6, 3)
    dock.book(pallet).must()

    assert [dock.shop.order(order).split for order in orders] == [(4, 0), (2, 2)]
    told = dock.promise(orders[0])["events"]
    assert [event["type"] for event in told] == ["PLACED", "PROMISED", "DATE_MOVED", "ALLOCATED"]
    assert told[2]["message"].endswith(": a shipment was announced")


def test_more_than_announced_is_booked_and_recorded(dock: Dock) -> None:
    pallet = dock.pallet(5, 3)
    booked = dock.book(pallet, 8).must()["incomingShipment"]
    assert (booked["status"], booked["lines"][0]["quantityReceived"]) == ("RECEIVED", 8)
    assert free_stock(dock) == 8


def test_a_delivery_in_two_notes_is_booked_as_it_comes(dock: Dock) -> None:
    other = dock.shop.add_product()
    line = [{"variantId": dock.shop.variant.id, "quantity": 5},
            {"variantId": other.id, "quantity": 2}]  # fmt: skip
    pallet = dock.pallet(5, 3, lines=line)
    first = dock.book(pallet, 5).must()["incomingShipment"]
    assert first["status"] == "PARTIALLY_RECEIVED"
    assert [each["quantityReceived"] for each in first["lines"]] == [5, 0]
    assert dock.book(pallet).must()["incomingShipment"]["status"] == "RECEIVED"
    found = dock.shop.host.sql(BOOKED, other.pk)
    assert found == [(2,)]


def test_a_file_announces_all_of_its_pallets(dock: Dock) -> None:
    order = dock.shop.buy(3)
    sku, shelf = dock.shop.variant.slug, dock.shop.shelf.slug
    one, two = f"po-{uuid.uuid4().hex}", f"po-{uuid.uuid4().hex}"
    made = dock.bring_in(
        "\ufeffreference,sku,warehouse,quantity,expected_on\r\n"
        f'"{one}",{sku},{shelf},2,{day(5)}\r\n{two},{sku},{shelf},9,{day(9)}\r\n'
    ).must()["incomingShipments"]
    assert [each["reference"] for each in made] == [one, two]
    assert [each["lines"][0]["quantityPromised"] for each in made] == [2, 1]
    assert dock.dates(order)[1] == day(9)


def test_a_file_with_faults_names_each_and_announces_nothing(dock: Dock) -> None:
    sku, shelf = dock.shop.variant.slug, dock.shop.shelf.slug
    taken = dock.announce(1, 3).must()["incomingShipment"]["reference"]
    before = facts(dock)
    header = "sku,warehouse,quantity,expected_on,reference\n"
    answer = dock.bring_in(
        header
        + f"{sku},{shelf},2,{day(5)},a-{sku}\n"
        + f"nonsense,{shelf},2,{day(5)},b-{sku}\n"
        + f"{sku},{dock.shop.virtual_warehouse().slug},2,{day(5)},c-{sku}\n"
        + f"{sku},{shelf},-2,{day(5)},d-{sku}\n"
        + f"{sku},{shelf},2,31.12.2026,e-{sku}\n"
        + f"{sku},{shelf},2,{day(5)},{taken}\n"
        + f"{sku},{shelf},2,{day(6)},a-{sku}\n"
        + f"{sku},,2,{day(5)},f-{sku}\n"
    )
    found = [(error["row"], error["field"]) for error in answer.errors]
    assert found == [
        (3, "sku"), (4, "warehouse"), (5, "quantity"), (6, "expected_on"), (7, "reference"),
        (8, "expected_on"), (8, "reference"), (9, "warehouse"),
    ]  # fmt: skip
    assert answer.codes == ["INVALID"] * 8
    assert facts(dock) == before


@pytest.mark.parametrize(
    ("text", "row", "field"),
    [
        ("", 1, "expected_on"),
        ("sku;warehouse\n", 1, "expected_on"),
        ("sku,warehouse,quantity,expected_on,reference\n", 1, "sku"),
        (
            "sku,warehouse,quantity,expected_on,reference\nGr\ufffd\ufffde,a,1,2026-12-31,x\n",
            1,
            "csv",
        ),
        ('sku,warehouse,quantity,expected_on,reference\n"open,a,1,2026-12-31,x\n', 2, "csv"),
    ],
)
def test_a_file_that_is_none_is_refused(dock: Dock, text: str, row: int, field: str) -> None:
    answer = dock.bring_in(text)
    assert (answer.errors[0]["row"], answer.errors[0]["field"]) == (row, field)
    assert answer.payload["incomingShipments"] == []


def test_a_file_of_fifty_thousand_rows_is_taken_and_a_longer_one_is_not(dock: Dock) -> None:
    sku, shelf = dock.shop.variant.slug, dock.shop.shelf.slug
    run = uuid.uuid4().hex
    rows = [f"{sku},{shelf},1,{day(5)},{run}-{number}\n" for number in range(50_001)]
    header = "sku,warehouse,quantity,expected_on,reference\n"

    refused = bring_in_many(dock, header + "".join(rows))
    assert [(error["row"], error["code"]) for error in refused.errors] == [(50_002, "INVALID")]
    assert dock.pallets(variantIds=[dock.shop.variant.id]) == []

    order = dock.shop.buy(7)
    made = bring_in_many(dock, header + "".join(rows[:50_000])).must()["incomingShipments"]
    assert len(made) == 50_000
    assert dock.dates(order)[1] == day(5)
    # Whoever waits is dated by all of them again whenever another test changes a setting.
    dock.shop.cancel(order).must()


def bring_in_many(dock: Dock, csv: str) -> Answer:
    """Announce pallets from a file and read no more of each than its id."""
    return dock.shop.tell_plugin(IMPORT, {"csv": csv}, dock.shop.staff)


def test_only_who_may_manage_products_sees_and_moves_supply(dock: Dock) -> None:
    pallet = dock.pallet(5, 3)
    before = facts(dock)
    clerk = dock.shop.host.clerk_token()
    for token in (None, clerk):
        shop = dock.shop
        tell: list[tuple[str, dict[str, Any]]] = [
            ("INCOMING_SHIPMENT_CREATE", {"input": {}}),
            ("INCOMING_SHIPMENT_UPDATE", {"id": pallet, "input": {"expectedOn": day(1)}}),
            ("INCOMING_SHIPMENT_RECEIVE", {"id": pallet, "key": "x"}),
            ("INCOMING_SHIPMENT_CANCEL", {"id": pallet}),
            ("INCOMING_SHIPMENT_IMPORT", {"csv": ""}),
            ("BACKORDER_CHANNEL_UPDATE", {"channel": shop.channel.slug, "input": {}}),
        ]
        for name, variables in tell:
            answer = shop.tell_plugin(getattr(documents, name), variables, token)
            assert answer.codes == ["PERMISSION_DENIED"], name
        listed = shop.tell_plugin(documents.INCOMING_SHIPMENTS, {}, token)
        assert listed.codes == ["PERMISSION_DENIED"]
    assert facts(dock) == before


def test_supply_that_makes_no_sense_is_refused_and_changes_nothing(dock: Dock) -> None:
    pallet = dock.pallet(5, 3)
    reference = dock.read(pallet)["reference"]
    virtual = dock.shop.virtual_warehouse()
    alone = dock.shop.add_warehouse(channels=[])
    variant = dock.shop.variant.id
    before = facts(dock)
    for answer, code in [
        (dock.announce(5, 3, reference=reference), "INVALID"),
        (dock.announce(5, 3, reference=" "), "REQUIRED"),
        (dock.announce(5, 3, reference=None), "REQUIRED"),
        (dock.announce(5, 3, lines=[]), "REQUIRED"),
        (dock.announce(0, 3), "INVALID"),
        (dock.announce(5, 3, shelf=virtual), "INVALID"),
        (dock.announce(5, 3, shelf=alone), "INVALID"),
        (dock.announce(5, 3, warehouseId=variant), "GRAPHQL_ERROR"),
        (dock.announce(5, 3, lines=[{"variantId": variant, "quantity": 1}] * 2), "INVALID"),
        (dock.announce(5, 3, lines=[{"variantId": GONE, "quantity": 1}]), "NOT_FOUND"),
        (dock.change(pallet), "REQUIRED"),
        (dock.change(NO_PALLET, expectedOn=day(2)), "NOT_FOUND"),
        (dock.book(NO_PALLET), "NOT_FOUND"),
        (dock.book(pallet, key=" "), "REQUIRED"),
        (dock.book(pallet, -1), "INVALID"),
        (dock.book(pallet, key="k" * 201), "INVALID"),
    ]:
        assert answer.codes == [code], answer
    assert facts(dock) == before


def test_a_key_books_no_second_pallet(dock: Dock) -> None:
    one, two = dock.pallet(5, 3), dock.pallet(5, 3)
    dock.book(one, key=f"note-{one}").must()
    assert dock.book(two, key=f"note-{one}").codes == ["INVALID"]
    assert free_stock(dock) == 5


STEPS = {
    "before anything is written": (
        "SELECT 1 FROM saleor_backorders_incomingshipment WHERE id = %(pallet)s FOR UPDATE"
    ),
    "once the note is written": (
        "SELECT 1 FROM warehouse_stock WHERE product_variant_id = %(variant)s"
        " ORDER BY id FOR UPDATE"
    ),
    "once the units lie on the shelf": (
        "SELECT pg_advisory_xact_lock(5456463, %(variant)s %% 512)"
    ),
    "once the pallet is counted": (
        "SELECT 1 FROM saleor_backorders_incomingshipmentline WHERE shipment_id = %(pallet)s"
        " FOR UPDATE"
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_while_it_books_leaves_nothing_and_a_retry_books(
    dock: Dock, step: str
) -> None:
    order = dock.shop.buy(4)
    pallet = dock.pallet(3, 2)
    key = uuid.uuid4().hex
    before = facts(dock)
    values = {"pallet": int(key_of(pallet)), "variant": dock.shop.variant.pk}
    kill_at(dock.shop, lambda shop: Dock(shop).book(pallet, key=key), STEPS[step], values)

    assert facts(dock) == before
    dock.book(pallet, key=key).must()
    assert dock.shop.order(order).split == (3, 1)
    assert_clean(dock.shop)
