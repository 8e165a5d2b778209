from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.apps.discount.models import Voucher, VoucherChannelListing, VoucherCode
from sandbox.apps.order.models import OrderLine
from sandbox.apps.product.models import Product
from sandbox.apps.shipping.models import ShippingMethod
from sandbox.apps.tax.models import TaxClass, TaxClassCountryRate, TaxConfiguration
from sandbox.money import vouchers
from tests.acceptance.money import CHECKOUT_ADD_PROMO_CODE
from tests.sandbox.conftest import Shop

PRICES = """
query Prices($id: ID!) {
  order(id: $id) {
    total { gross { amount } net { amount } }
    undiscountedTotal { gross { amount } }
    subtotal { gross { amount } }
    shippingPrice { gross { amount } }
    voucherCode
    lines {
      taxRate
      unitPrice { gross { amount } net { amount } tax { amount } }
      undiscountedUnitPrice { gross { amount } }
      totalPrice { gross { amount } net { amount } }
    }
  }
}
"""


def tax(shop: Shop, percent: Any, *, entered_with_tax: Any, charged: Any = True) -> None:
    TaxConfiguration.objects.create(
        channel=shop.channel, charge_taxes=charged, prices_entered_with_tax=entered_with_tax
    )
    made = TaxClass.objects.create(name="taxed")
    TaxClassCountryRate.objects.create(tax_class=made, country="US", rate=percent)
    Product.objects.update(tax_class=made)
    ShippingMethod.objects.update(tax_class=made)


def voucher(shop: Shop, code: Any, kind: Any, value: Any, **limits: Any) -> Any:
    made = Voucher.objects.create(discount_value_type=kind, **limits)
    VoucherCode.objects.create(voucher=made, code=code)
    VoucherChannelListing.objects.create(
        voucher=made, channel=shop.channel, discount_value=value, currency="USD"
    )
    return made


def prices(shop: Shop, order: Any) -> Any:
    return shop.ask(PRICES, id=order["id"])["data"]["order"]


@pytest.mark.parametrize(
    ("with_tax", "charged", "net", "gross", "rate"),
    [
        (True, True, 20.33, 25, 0.23),
        (False, True, 25, 30.75, 0.23),
        # Saleor takes the tax off prices that were entered with it.
        (True, False, 20.33, 20.33, 0),
        (False, False, 25, 25, 0),
    ],
)
def test_order__is_taxed_as_the_channel_says(
    shop: Shop, with_tax: Any, charged: Any, net: Any, gross: Any, rate: Any
) -> None:
    shop.warehouse("shelf", 5)
    tax(shop, 23, entered_with_tax=with_tax, charged=charged)

    order = prices(shop, shop.buy(2))

    assert order["total"] == {"gross": {"amount": gross}, "net": {"amount": net}}
    assert order["lines"][0]["taxRate"] == rate


def test_rate__of_the_country_counts_where_the_class_has_none(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    tax(shop, 23, entered_with_tax=True)
    TaxClassCountryRate.objects.all().delete()
    TaxClassCountryRate.objects.create(country="US", rate=10)

    order = prices(shop, shop.buy(1))

    assert order["lines"][0]["unitPrice"] == {
        "gross": {"amount": 10},
        "net": {"amount": 9.09},
        "tax": {"amount": 0.91},
    }


@pytest.mark.parametrize(("kind", "value"), [("percentage", "15"), ("fixed", "4.50")])
def test_voucher__makes_the_goods_cheaper_and_not_the_transport(
    shop: Shop, kind: Any, value: Any
) -> None:
    shop.warehouse("shelf", 5)
    used = voucher(shop, "LESS", kind, value, usage_limit=1)
    cart = shop.ready_cart(3)

    answer = shop.run(CHECKOUT_ADD_PROMO_CODE, id=cart, code="LESS")
    order = prices(shop, shop.complete(cart)["order"])

    assert answer["checkout"]["totalPrice"]["gross"]["amount"] == 30.5
    assert order["voucherCode"] == "LESS"
    assert order["total"]["gross"]["amount"] == 30.5
    assert order["undiscountedTotal"]["gross"]["amount"] == 35
    assert order["shippingPrice"]["gross"]["amount"] == 5
    (line,) = order["lines"]
    assert line["totalPrice"]["gross"]["amount"] == 25.5
    assert line["unitPrice"]["gross"]["amount"] == 8.5
    assert line["undiscountedUnitPrice"]["gross"]["amount"] == 10
    assert used.codes.get().used == 1


def test_voucher__leaves_a_unit_price_that_is_rounded(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    voucher(shop, "LESS", "fixed", "10")
    cart = shop.ready_cart(3)
    shop.run(CHECKOUT_ADD_PROMO_CODE, id=cart, code="LESS")

    shop.complete(cart)

    line = OrderLine.objects.get()
    assert (line.total_price_gross_amount, line.unit_price_gross_amount) == (
        Decimal("20.00"),
        Decimal("6.67"),
    )


def test_voucher__that_is_used_up_is_refused(shop: Shop) -> None:
    shop.warehouse("shelf", 5)
    voucher(shop, "LESS", "fixed", "10", usage_limit=0)

    answer = shop.run(CHECKOUT_ADD_PROMO_CODE, id=shop.ready_cart(1), code="LESS")

    assert [(each["field"], each["code"]) for each in answer["errors"]] == [
        ("promoCode", "INVALID")
    ]


def test_spread__gives_the_last_line_what_rounding_left() -> None:
    parts = vouchers.spread(Decimal("10.00"), [Decimal("10")] * 3)

    assert parts == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]
    assert vouchers.spread(Decimal(0), [Decimal(0)]) == [Decimal(0)]
