"""Which rule holds for a variant, and the virtual row that follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_backorders import errors
from saleor_backorders.models import NO_LIMIT, BackorderPolicy, PolicyScope, VirtualStock
from saleor_backorders.policies import repair, resync, update
from tests.services.counter import Counter, run_triggers
from tests.services.front import Front
from tests.sql.world import model

CHANNEL, CATEGORY = PolicyScope.CHANNEL, PolicyScope.CATEGORY
PRODUCT, VARIANT = PolicyScope.PRODUCT, PolicyScope.VARIANT


@pytest.fixture
def counter(db: None) -> Any:
    """Return a shop; afterwards no invariant may be broken."""
    shop = Counter(lead_time_days=30)
    yield shop
    run_triggers()
    assert repair.check() == []


def test_update_policy__allowing_makes_one_row_with_the_limit(counter: Counter) -> None:
    variant = counter.sold(2)
    done = counter.rule(VARIANT, variant, allow=True, limit=10)
    assert done.variants_affected == 1
    assert done.policy == update.EffectivePolicy(
        allow=True, limit=10, lead_time_days=30, discount_percent=0, priority=0, until=None,
        low_stock=0, scope=VARIANT,
    )  # fmt: skip
    assert counter.virtual_quantity(variant) == 10
    row = counter.row(variant)
    assert row is not None
    assert row.stock_id >= 1_000_000_000
    assert (row.allow, row.limit_units, row.lead_time_days) == (True, 10, 30)


def test_update_policy__the_same_twice_changes_nothing(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(VARIANT, variant, allow=True, limit=10)
    before = counter.row(variant)
    counter.rule(VARIANT, variant, allow=True, limit=10)
    assert VirtualStock.objects.get() == before
    assert BackorderPolicy.objects.count() == 1
    assert model("warehouse", "Stock").objects.filter(product_variant=variant).count() == 2


def test_resolve__each_field_from_the_narrowest_scope_that_sets_it(counter: Counter) -> None:
    variant = counter.sold()
    day = counter.today + timedelta(days=30)
    counter.rule(CHANNEL, allow=True, limit=1, lead_time_days=1, priority=1, until=day)
    counter.rule(CATEGORY, counter.outer, limit=2, lead_time_days=2, priority=2, low_stock=6)
    counter.rule(CATEGORY, counter.inner, limit=3, lead_time_days=3)
    counter.rule(PRODUCT, counter.product, limit=4)
    counter.rule(VARIANT, variant, discount_percent=5)
    assert counter.policy(variant) == update.EffectivePolicy(
        allow=True, limit=4, lead_time_days=3, discount_percent=5, priority=2, until=day,
        low_stock=6, scope=CHANNEL,
    )  # fmt: skip
    assert counter.virtual_quantity(variant) == 4


def test_resolve__each_field_from_the_nearest_category(counter: Counter) -> None:
    variant = counter.sold()
    far: dict[str, Any] = {"allow": False, "limit": 50, "lead_time_days": 40, "discount_percent": 3}
    near: dict[str, Any] = {"allow": True, "limit": 5, "lead_time_days": 4, "discount_percent": 30}
    days = counter.today + timedelta(days=50), counter.today + timedelta(days=5)
    counter.rule(CATEGORY, counter.outer, **far, priority=5, until=days[0], low_stock=2)
    counter.rule(CATEGORY, counter.inner, **near, priority=1, until=days[1], low_stock=20)
    assert counter.policy(variant) == update.EffectivePolicy(
        **near, priority=1, until=days[1], low_stock=20, scope=CATEGORY
    )
    counter.product.category = counter.outer
    counter.product.save()
    assert counter.policy(variant) == update.EffectivePolicy(
        **far, priority=5, until=days[0], low_stock=2, scope=CATEGORY
    )


def test_low_stock__nobody_is_told_unless_a_rule_says_so(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(CHANNEL, allow=True, limit=5)
    assert low_stock_of(counter, variant) == (0, 0)
    counter.rule(CHANNEL, low_stock=3)
    assert low_stock_of(counter, variant) == (3, 3)
    counter.rule(VARIANT, variant, low_stock=0)
    assert low_stock_of(counter, variant) == (0, 0)
    counter.rule(VARIANT, variant, low_stock=None)
    assert low_stock_of(counter, variant) == (3, 3)


def low_stock_of(counter: Counter, variant: Any) -> tuple[int, int]:
    """Return the threshold in force, and its copy in the variant's row."""
    row = counter.row(variant)
    assert row is not None
    return counter.policy(variant).low_stock, row.low_stock


def test_low_stock__a_resync_notices_what_no_hook_told(db: None) -> None:
    front = Front()
    front.activate(allow="true", limit="7")
    variant = front.sold(5)
    assert resync.resync() == 1
    BackorderPolicy.objects.create(
        channel_id=front.main.pk, scope=CHANNEL, target_id=0, low_stock=4
    )
    assert resync.resync() == 1
    assert VirtualStock.objects.get(variant_id=variant.pk).low_stock == 4
    assert resync.resync() == 0


def test_resolve__no_limit_is_a_limit_that_somebody_set(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(CHANNEL, allow=True, limit=5)
    done = counter.rule(VARIANT, variant, limit=None)
    assert done.policy is not None
    assert done.policy.limit is None
    assert counter.virtual_quantity(variant) == NO_LIMIT


def test_update_policy__taking_a_rule_away_lets_the_wider_one_hold(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(CHANNEL, allow=True, limit=5)
    counter.rule(VARIANT, variant, allow=False, limit=1)
    assert counter.policy(variant).allow is False
    done = counter.rule(VARIANT, variant, allow=None)
    assert done.policy is not None
    assert (done.policy.allow, done.policy.limit, done.policy.scope) == (True, 5, CHANNEL)
    assert BackorderPolicy.objects.count() == 1


def test_update_policy__what_is_left_out_stays_as_the_rule_has_it(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(VARIANT, variant, allow=True, limit=5, lead_time_days=9)
    counter.rule(VARIANT, variant, limit=7)
    found = counter.policy(variant)
    assert (found.allow, found.limit, found.lead_time_days) == (True, 7, 9)
    counter.rule(VARIANT, variant, lead_time_days=None)
    assert counter.policy(variant).lead_time_days == 30


def test_switching_off__keeps_those_who_wait_and_admits_nobody_new(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(VARIANT, variant, allow=True, limit=10)
    line = counter.shop.buy(variant, 3, counter.channel)
    run_triggers()
    counter.rule(VARIANT, variant, allow=False)
    row = counter.row(variant)
    assert row is not None
    assert (row.allow, row.limit_units, row.waiting_units) == (False, 0, 3)
    assert counter.virtual_quantity(variant) == 3
    assert counter.shop.waits(line) == 3


def test_lowering_the_limit_below_what_waits__drops_nobody(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(VARIANT, variant, allow=True, limit=10)
    line = counter.shop.buy(variant, 8, counter.channel)
    run_triggers()
    counter.rule(VARIANT, variant, limit=5)
    assert counter.virtual_quantity(variant) == 8
    assert counter.shop.waits(line) == 8


@pytest.mark.parametrize(
    "fields",
    [
        {"price": None},
        {"track_inventory": False},
        {"is_preorder": True},
    ],
)
def test_not_made_sellable_by_the_flag(counter: Counter, fields: dict[str, Any]) -> None:
    variant = counter.sold(**fields)
    counter.rule(CHANNEL, allow=True, limit=10)
    assert counter.row(variant) is None


def test_gift_cards_take_no_part(counter: Counter) -> None:
    model("product", "ProductType").objects.update(kind="gift_card")
    variant = counter.sold()
    counter.rule(CHANNEL, allow=True, limit=10)
    assert counter.row(variant) is None


def test_until__the_day_after_nobody_new_is_admitted(counter: Counter) -> None:
    variant = counter.sold()
    counter.rule(CHANNEL, allow=True, limit=10, until=counter.today)
    assert counter.virtual_quantity(variant) == 10
    counter.rule(CHANNEL, until=counter.today - timedelta(days=1))
    assert counter.virtual_quantity(variant) == 0


def test_a_foreign_row_in_the_virtual_warehouse_is_adopted(counter: Counter) -> None:
    first, second = counter.sold(), counter.sold()
    counter.rule(VARIANT, first, allow=True, limit=10)
    virtual = model("warehouse", "Warehouse").objects.get(slug__startswith="00-backorders-")
    foreign = counter.shop.stock(second, virtual, 4)
    assert foreign.pk < 1_000_000_000
    counter.rule(VARIANT, second, allow=True, limit=6)
    rows = model("warehouse", "Stock").objects.filter(warehouse=virtual, product_variant=second)
    assert [(row.pk >= 1_000_000_000, row.quantity) for row in rows] == [(True, 6)]


def test_many_variants__cost_as_many_statements_as_few(counter: Counter) -> None:
    for _ in range(3):
        counter.sold()
    counter.rule(CHANNEL, allow=True, limit=1)
    with CaptureQueriesContext(connection) as few:
        counter.rule(CHANNEL, limit=2)
    for _ in range(30):
        counter.sold()
    counter.rule(CHANNEL, limit=3)
    with CaptureQueriesContext(connection) as many:
        assert counter.rule(CHANNEL, limit=4).variants_affected == 33
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"limit": 2**31}, "limit"),
        ({"lead_time_days": 3651}, "leadTimeDays"),
        ({"discount_percent": 101}, "discountPercent"),
        ({"priority": 2**31}, "priority"),
        ({"low_stock": -1}, "lowStock"),
        ({"low_stock": NO_LIMIT + 1}, "lowStock"),
    ],
)
def test_refused__out_of_range(counter: Counter, values: dict[str, int], field: str) -> None:
    variant = counter.sold()
    with pytest.raises(errors.ValueOutOfRange) as refusal:
        counter.rule(VARIANT, variant, allow=True, **values)
    assert refusal.value.field == field
    assert not BackorderPolicy.objects.exists()
    assert not VirtualStock.objects.exists()


def test_refused__unknown_targets_and_channels(counter: Counter) -> None:
    variant = counter.sold()
    missing = type(variant)(pk=variant.pk + 1)
    with pytest.raises(errors.NotFound) as refusal:
        counter.rule(VARIANT, variant, missing, allow=True)
    assert refusal.value.field == "variantIds"
    with pytest.raises(errors.MissingValue):
        counter.rule(PRODUCT, allow=True)
    counter.channel.slug = "nowhere"
    with pytest.raises(errors.NotFound) as refusal:
        counter.rule(VARIANT, variant, allow=True)
    assert refusal.value.field == "channel"
    assert not BackorderPolicy.objects.exists()


@pytest.mark.parametrize(("named", "allow"), [("", True), ("other", False)])
def test_settings__hold_in_the_channels_that_they_concern(
    db: None, named: str, allow: bool
) -> None:
    counter = Counter(allow=True, limit=4, channels=(named,) if named else ())
    variant = counter.sold()
    found = counter.policy(variant)
    assert (found.allow, found.limit, found.scope) == (allow, 4, CHANNEL)
