"""Every wrong question has its typed answer, and changes nothing."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import pytest

from tests.acceptance import documents
from tests.acceptance.shop import Placed, Shop
from tests.hosts.base import Host, Json

BEYOND_INT4 = 2_147_483_648
COUNTED = (
    "saleor_backorders_backorder",
    "saleor_backorders_movement",
    "saleor_backorders_backorderpolicy",
    "saleor_backorders_acknowledgement",
    "warehouse_allocation",
    "warehouse_stock",
)


def global_id(kind: str, key: object) -> str:
    """Return the global id of a row that need not exist."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


NO_VARIANT = global_id("ProductVariant", 2_000_000_000)
NO_CHECKOUT = global_id("Checkout", "00000000-0000-4000-8000-000000000000")
NO_ORDER = global_id("Order", "00000000-0000-4000-8000-000000000000")


@dataclasses.dataclass(frozen=True)
class Stage:
    """A shop with one order that waits, and the people who ask."""

    shop: Shop
    order: Placed
    stranger: str
    clerk: str

    def snapshot(self) -> list[tuple[Any, ...]]:
        """Read everything that a refused request must leave alone."""
        rows: list[tuple[Any, ...]] = []
        for table in COUNTED:
            rows += self.shop.host.sql(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
            )
        return rows


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    """Keep one stage for each host: what is refused leaves it as it was."""
    return {}


@pytest.fixture
def stage(host: Host, stages: dict[str, Stage]) -> Stage:
    """Let one customer wait for three."""
    if host.name not in stages:
        stages[host.name] = set_stage(Shop(host))
    return stages[host.name]


def set_stage(shop: Shop) -> Stage:
    """Open a shop, let a customer order, and invite those who may not ask."""
    shop.put(2)
    shop.allow(limit=10).must()
    order = shop.buy(5, token=shop.add_customer()["token"])
    return Stage(shop, order, shop.add_customer()["token"], shop.host.clerk_token())


def policy(stage: Stage, scope: Json | None = None, **rule: Any) -> Json:
    """Return variables for a policy, right but for what the case changes."""
    usual = {"channel": stage.shop.channel.slug, "variantIds": [stage.shop.variant.id]}
    return {"scope": {**usual, **(scope or {})}, "input": {"allow": True, **rule}}


def availability(stage: Stage, **changes: Any) -> Json:
    """Return variables for a question of availability, right but for what the case changes."""
    item = {"variantId": stage.shop.variant.id, "quantity": 1, **changes}
    channel = item.pop("channel", stage.shop.channel.slug)
    return {"items": [item], "channel": channel}


def priorities(stage: Stage, priority: int = 1) -> Json:
    """Return variables that would serve the waiting order first."""
    return {"ids": [stage.shop.backorder(stage.order)["id"]], "priority": priority}


POLICY = documents.BACKORDER_POLICY_UPDATE
ASK = documents.BACKORDER_AVAILABILITY
PRIORITY = documents.BACKORDER_PRIORITY_UPDATE
ALLOCATE = documents.BACKORDERS_ALLOCATE

# name, document, its variables, who asks, the code of the refusal
CASES: list[tuple[str, str, Any, str, str]] = [
    ("unknown variant", ASK, lambda s: availability(s, variantId=NO_VARIANT), "", "NOT_FOUND"),
    ("not an id", ASK, lambda s: availability(s, variantId="nonsense"), "", "GRAPHQL_ERROR"),
    ("unknown channel", ASK, lambda s: availability(s, channel="nowhere"), "", "NOT_FOUND"),
    ("none of it", ASK, lambda s: availability(s, quantity=0), "", "INVALID"),
    ("less than none", ASK, lambda s: availability(s, quantity=-1), "", "INVALID"),
    (
        "unknown checkout to agree",
        documents.CHECKOUT_BACKORDERS_ACKNOWLEDGE,
        lambda s: {"checkoutId": NO_CHECKOUT},
        "",
        "NOT_FOUND",
    ),
    (
        "somebody else's order",
        documents.ORDER_BACKORDERS,
        lambda s: {"orderId": s.order.id},
        "stranger",
        "PERMISSION_DENIED",
    ),
    (
        "an order without signing in",
        documents.ORDER_BACKORDERS,
        lambda s: {"orderId": s.order.id},
        "",
        "PERMISSION_DENIED",
    ),
    ("policy by nobody", POLICY, policy, "", "PERMISSION_DENIED"),
    ("policy by a customer", POLICY, policy, "stranger", "PERMISSION_DENIED"),
    ("policy by a clerk", POLICY, policy, "clerk", "PERMISSION_DENIED"),
    ("negative limit", POLICY, lambda s: policy(s, limit=-1), "staff", "INVALID"),
    (
        "policy in an unknown channel",
        POLICY,
        lambda s: policy(s, {"channel": "nowhere"}),
        "staff",
        "NOT_FOUND",
    ),
    (
        "policy for an unknown variant",
        POLICY,
        lambda s: policy(s, {"variantIds": [NO_VARIANT]}),
        "staff",
        "NOT_FOUND",
    ),
    ("priority by a stranger", PRIORITY, priorities, "stranger", "PERMISSION_DENIED"),
    ("priority by a clerk", PRIORITY, priorities, "clerk", "PERMISSION_DENIED"),
    (
        "priority of nothing",
        PRIORITY,
        lambda s: {"ids": [global_id("Backorder", 2_000_000_000)], "priority": 1},
        "staff",
        "NOT_FOUND",
    ),
    (
        "allocating by a clerk",
        ALLOCATE,
        lambda s: {"variantIds": [s.shop.variant.id]},
        "clerk",
        "PERMISSION_DENIED",
    ),
    (
        "allocating nothing known",
        ALLOCATE,
        lambda s: {"variantIds": [NO_VARIANT]},
        "staff",
        "NOT_FOUND",
    ),
    (
        "the queue without permission",
        documents.BACKORDERS,
        lambda s: {"first": 1},
        "stranger",
        "PERMISSION_DENIED",
    ),
]


@pytest.mark.parametrize(
    ("document", "variables", "who", "code"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_refused(stage: Stage, document: str, variables: Any, who: str, code: str) -> None:
    tokens = {"stranger": stage.stranger, "clerk": stage.clerk, "staff": stage.shop.staff}
    asked = variables(stage)
    before = stage.snapshot()

    answer = stage.shop.tell_plugin(document, asked, tokens.get(who))

    assert answer.codes == [code]
    assert answer.message
    assert stage.snapshot() == before


@pytest.mark.parametrize("quantity", [0, -1, BEYOND_INT4])
def test_a_cart_of_a_senseless_quantity_is_refused(plain_shop: Shop, quantity: int) -> None:
    plain_shop.put(2)
    plain_shop.allow(limit=10).must()

    assert not plain_shop.try_to_buy(quantity).ok
    assert plain_shop.buy(2).split == (2, 0)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (ASK, lambda s: availability(s, quantity=BEYOND_INT4)),
        (POLICY, lambda s: policy(s, limit=BEYOND_INT4)),
        (PRIORITY, lambda s: priorities(s, BEYOND_INT4)),
    ],
    ids=["availability", "limit", "priority"],
)
def test_beyond_int4_is_refused_by_the_schema(stage: Stage, document: str, variables: Any) -> None:
    asked = variables(stage)
    before = stage.snapshot()

    answer = stage.shop.tell_plugin(document, asked, stage.shop.staff)

    assert not answer.ok
    assert "nternal" not in answer.message
    assert stage.snapshot() == before


def test_an_unknown_order_tells_a_stranger_nothing(stage: Stage) -> None:
    unknown = stage.shop.tell_plugin(
        documents.ORDER_BACKORDERS, {"orderId": NO_ORDER}, stage.stranger
    )
    foreign = stage.shop.tell_plugin(
        documents.ORDER_BACKORDERS, {"orderId": stage.order.id}, stage.stranger
    )

    assert unknown.codes == foreign.codes
    assert unknown.payload == foreign.payload == {}


def test_a_customer_sees_only_their_own(plain_shop: Shop) -> None:
    plain_shop.put(0)
    plain_shop.allow(limit=10).must()
    mine, other = plain_shop.add_customer()["token"], plain_shop.add_customer()["token"]
    order = plain_shop.buy(3, token=mine)

    own = plain_shop.ask_plugin(documents.MY_BACKORDERS, {"first": 10}, mine)
    none = plain_shop.ask_plugin(documents.MY_BACKORDERS, {"first": 10}, other)

    assert [edge["node"]["orderId"] for edge in own["edges"]] == [order.id]
    assert none["edges"] == []
