"""The emails in a real browser, as narrow as a small phone and as wide as a desk."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from saleor_backorders.notifications.emails import render
from saleor_backorders.notifications.emails.mail import Draft, Line, VoucherLine
from saleor_backorders.settings.channel import MailRule
from tests.mails import chromium
from tests.mails.drafts import CASES, LANGUAGES, mail

PHONE, DESK = 360, 1200
FINGER = 44
"""Pixels that a finger hits."""
pytestmark = pytest.mark.skipif(not chromium.find(), reason="Chromium is not installed")
MEASURE = """JSON.stringify([...document.querySelectorAll("iframe")].map(frame => {
  const page = frame.contentDocument;
  const boxes = [...page.querySelectorAll("h1, p, b, span, small, a, div")]
    .map(each => each.getBoundingClientRect());
  return {
    wide: page.documentElement.scrollWidth,
    right: Math.max(...boxes.map(each => each.right)),
    card: page.querySelector(".letter").getBoundingClientRect().width,
    buttons: [...page.querySelectorAll("a.button")].map(each => {
      const box = each.getBoundingClientRect();
      return [box.width, box.height];
    }),
  };
}))"""


@dataclass(frozen=True)
class Seen:
    wide: float
    right: float
    card: float
    buttons: list[list[float]]


def look(pages: list[str], width: int) -> list[Seen]:
    frames = "".join(chromium.frame(page, width=width, height=900) for page in pages)
    found = [Seen(**each) for each in json.loads(chromium.measure(frames, MEASURE))]
    assert len(found) == len(pages)
    return found


def longest() -> str:
    """Write an email whose names and codes have no place to break."""
    name = "Donaudampfschifffahrtsgesellschaft" * 4
    draft = Draft(
        kind="delayed", recipients=("ada@example.com",), language="de",
        lines=(Line(name=name, split=name, note=name, url=f"https://shop.example/{name}"),),
        voucher_lines=(VoucherLine(code=name.upper(), worth=name, terms=name),),
        facts={"number": name, "day": name, "asked": True, "silence": name},
    )  # fmt: skip
    return render.mail(draft, rule=MailRule(), shop=name, number="1").html


def every_mail(width: int) -> list[tuple[str, Seen]]:
    """Look at each case in each language; one browser sees them all."""
    made = {f"{name}.{language}": mail(name, language) for name in CASES for language in LANGUAGES}
    return list(zip(made, look([each.html for each in made.values()], width), strict=True))


def test_emails__fit_a_phone_and_a_finger() -> None:
    for name, seen in every_mail(PHONE):
        assert seen.wide == PHONE, name
        assert seen.right <= PHONE, name
        assert all(width > 5 * FINGER and height >= FINGER for width, height in seen.buttons), name


def test_emails__stay_readable_on_a_desk() -> None:
    for name, seen in every_mail(DESK):
        assert seen.wide == DESK, name
        assert seen.card == 600, name
        assert all(height >= FINGER for _, height in seen.buttons), name


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_email__breaks_what_has_no_place_to_break(width: int) -> None:
    (seen,) = look([longest()], width)

    assert seen.wide == width
    assert seen.right <= width
