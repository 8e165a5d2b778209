"""Flat rates by country and tax class, on prices entered with tax or without."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.apps.channel.models import Channel
from sandbox.apps.product.models import ProductVariant
from sandbox.apps.tax.models import TaxClassCountryRate, TaxConfiguration
from sandbox.money.price import LinePrice, Price, in_cents

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Taxes:
    """The taxes of a channel on what goes to one country."""

    charged: bool
    entered_with_tax: bool
    rates: dict[int | None, Decimal]
    """Percent by tax class; that of no class is the country's default."""

    @classmethod
    def of(cls, channel: Channel, country: str) -> Taxes:
        """Return the taxes of a channel; one without settings charges none."""
        configuration = TaxConfiguration.objects.filter(channel=channel).first()
        if configuration is None:
            return cls(charged=False, entered_with_tax=False, rates={})
        rates = TaxClassCountryRate.objects.filter(country=country)
        return cls(
            charged=configuration.charge_taxes,
            entered_with_tax=configuration.prices_entered_with_tax,
            rates=dict(rates.values_list("tax_class_id", "rate")),
        )

    def rate(self, tax_class_id: int | None) -> Decimal:
        """Return the share of tax that is charged on a class: 0.2300 for 23 percent."""
        return self._percent(tax_class_id) / HUNDRED if self.charged else Decimal(0)

    def price(self, entered: Decimal, tax_class_id: int | None) -> Price:
        """Return a price as it was entered, with and without its tax."""
        factor = 1 + self._percent(tax_class_id) / HUNDRED
        if self.entered_with_tax:
            net, gross = in_cents(entered / factor), in_cents(entered)
        else:
            net, gross = in_cents(entered), in_cents(entered * factor)
        return Price(net, gross) if self.charged else Price(net, net)

    def line(
        self, variant: ProductVariant, quantity: int, unit: Decimal, *, discount: Decimal
    ) -> LinePrice:
        """Return what units of a variant cost, of which a voucher takes something off."""
        kind = class_of(variant)
        entered = in_cents(unit) * quantity
        return LinePrice(
            quantity=quantity,
            base_unit=in_cents(unit),
            rate=self.rate(kind),
            total=self.price(max(entered - discount, Decimal(0)), kind),
            undiscounted_unit=self.price(unit, kind),
            undiscounted_total=self.price(entered, kind),
        )

    def _percent(self, tax_class_id: int | None) -> Decimal:
        default = self.rates.get(None, Decimal(0))
        return self.rates.get(tax_class_id, default)


def class_of(variant: ProductVariant) -> int | None:
    """Return the tax class of a variant: its product's, or that of the product's type."""
    product = variant.product
    return product.tax_class_id or product.product_type.tax_class_id
