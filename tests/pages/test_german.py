"""The page in another language than the one that it was written in."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone, translation

from saleor_backorders.common import i18n
from saleor_backorders.models import Backorder, Decision
from tests.pages.conftest import Visitor, let_slip
from tests.services.front import Front
from tests.sql.world import model

GERMAN_MONTHS = [
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
]  # fmt: skip


def said(on: date | None) -> str:
    assert on
    return f"{on.day}. {GERMAN_MONTHS[on.month - 1]} {on.year}"


def test_page__in_german_down_to_dates_and_money(front: Front, visitor: Visitor) -> None:
    variant = model("product", "ProductVariant").objects.get(pk=visitor.backorder.variant_id)
    front.restock(variant, 1)
    other = front.sold(5)
    other.channel_listings.update(price_amount=8)
    order = model("order", "Order").objects.filter(pk=visitor.backorder.order_id)
    order.update(language_code="de")
    expected = timezone.now().date() + timedelta(days=30)
    silence = timezone.now().date() + timedelta(days=9)
    Backorder.objects.update(expected_on=expected, expected_first_on=expected)
    visitor.backorder.refresh_from_db()
    decision = let_slip(visitor.backorder, silence_on=silence)
    assert Decision.objects.count() == 1
    with translation.override("de"):
        split = i18n.split(1, 2)
    assert visitor.look().text == (
        f"Ihre Bestellung {visitor.backorder.order_number} Lamp (Red) {split} "
        "Es tut uns leid: Das dauert länger, als wir Ihnen gesagt haben. "
        f"Genannt hatten wir Ihnen den {said(decision.previous_on)}. "
        f"Noch auf dem Weg zu uns 2 Erwartet bis {said(expected)} Da und für Sie zurückgelegt 1 "
        f"Weiter warten Wenn wir bis {said(silence)} nichts von Ihnen hören, stornieren wir, "
        "was noch aussteht, und zahlen es zurück. Weiter warten "
        "Schon jetzt bekommen, was da ist Der Rest folgt, sobald er eintrifft. "
        "Schicken, was da ist "
        "Etwas anderes nehmen Sofort lieferbar, anstelle dessen, worauf Sie warten. "
        "Lamp (Red) Sie bekommen etwa 4,00 $ zurück. Auswählen "
        "Nicht länger warten Sie bekommen etwa 20,00 $ zurück. Stornieren, was aussteht"
    )
