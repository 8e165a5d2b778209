"""What each kind of message may have to say: one draft for each way in which it can stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext

from saleor_backorders.common import i18n
from saleor_backorders.common.i18n import Money, day
from saleor_backorders.models import MessageKind, Offer
from saleor_backorders.notifications.emails import customer, render
from saleor_backorders.notifications.emails.mail import Draft, Email, Line, VoucherLine
from saleor_backorders.settings.channel import MailRule

LANGUAGES = ("en", "de", "fr", "es", "pl")
BASE = "https://shop.example.com/plugins/saleor.backorders"
LINK = f"{BASE}/w/4711.1vQx7Y.kX3mJZ0p2Tq9RrWv8sLhYt5uNcEaGdBfKiOoPwQxUzA/"
RATE = f"{BASE}/r/4711.1vQx7Y.w8sLhYt5uNcEaGdBfKiOoPwQxUzAkX3mJZ0p2Tq9RrW/"
CONFIRM = f"{BASE}/n/31.1vQx7Y.Yt5uNcEaGdBfKiOoPwQxUzAkX3mJZ0p2Tq9RrWv8sLh/"
OUT = f"{BASE}/u/31.1vQx7Y.p2Tq9RrWv8sLhYt5uNcEaGdBfKiOoPwQxUzAkX3mJZ0/"
BOOTS, SOCKS = "Winter boots (brown, 42)", "Wool socks"
SHOES = "Hiking shoes (brown, 42)"
TOLD, SLIPPED, LAST = date(2027, 3, 4), date(2027, 3, 18), date(2027, 4, 1)
SILENCE = date(2027, 3, 25)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
TWENTY = Money(Decimal(20), "EUR")
OPTIONAL = ("status", "offer", "rate", "confirm", "back_in_stock")


def mail(name: str, language: str) -> Email:
    """Write the email of a case in a language."""
    with translation.override(language):
        kind, made = name.partition(".")[0], CASES[name]()
        draft = Draft(
            kind=kind, recipients=("ada@example.com",), language=language,
            out_url=OUT if kind in OPTIONAL else "", **made,
        )  # fmt: skip
    return render.mail(draft, rule=MailRule(), shop="Boot Shop", number="backorders.1.2")


def _order(
    lines: Sequence[Line] = (), *, voucher_lines: Sequence[VoucherLine] = (), **facts: Any
) -> Any:
    return {
        "lines": tuple(lines),
        "voucher_lines": tuple(voucher_lines),
        "facts": {"number": "10", **facts},
    }


def _waits(here: int, waiting: int, **more: str) -> Line:
    return Line(name=BOOTS, split=i18n.split(here, waiting), url=LINK, **more)


def _off(**terms: Any) -> VoucherLine:
    offer = {"percent": 10, "valid_from": NOW, "valid_until": None, **terms}
    return customer.voucher_line(
        Offer(code="PATIENCE-7Q2M", currency="EUR", issued_at=NOW, **offer)
    )


def _credit() -> VoucherLine:
    return _off(
        percent=0, amount=Decimal("7.50"), minimum=Decimal(40),
        valid_from=datetime(2027, 3, 10, tzinfo=UTC), valid_until=datetime(2027, 6, 10, tzinfo=UTC),
    )  # fmt: skip


def _placed(here: int, waiting: int, *more: Line, voucher_lines: Sequence[VoucherLine] = ()) -> Any:
    lines = [_waits(here, waiting, until=day(TOLD)), *more]
    return _order(
        lines, voucher_lines=voucher_lines, split=i18n.split(here, waiting), some_here=here > 0
    )


def _delayed(
    *, asked: bool, silence: date | None = None, voucher_lines: Sequence[VoucherLine] = ()
) -> Any:
    line = _waits(0, 2, before=day(TOLD) if asked else "", until=day(SLIPPED))
    return _order(
        [line], voucher_lines=voucher_lines, day=day(SLIPPED), asked=asked, part=False,
        silence=day(silence) if silence else "",
    )  # fmt: skip


def _part_delayed() -> Any:
    line = _waits(0, 5, before=day(TOLD), until=day(LAST), first=day(SLIPPED))
    return _order([line], day=day(SLIPPED), asked=True, part=True, silence="")


def _allocated(here: int, waiting: int) -> Any:
    line = _waits(here, waiting, until=day(SLIPPED) if waiting else "")
    return _order([line], split=i18n.split(here, waiting), all_here=not waiting)


def _cancelled(amount: Money | None = TWENTY, **facts: Any) -> Any:
    note = ngettext("%(units)s cancelled", "%(units)s cancelled", 2) % {"units": 2}
    return _given_up(note, amount=amount, **facts)


def _switched(amount: Money | None) -> Any:
    note = ngettext("%(units)s exchanged", "%(units)s exchanged", 2) % {"units": 2}
    instead = gettext("yours instead, order %(number)s") % {"number": "11"}
    return _given_up(note, Line(name=SHOES, note=instead), amount=amount, switched=True)


def _given_up(note: str, *more: Line, **facts: Any) -> Any:
    usual = {"settled": True, "by_silence": False, "switched": False, "still_waiting": 0}
    return _order([Line(name=BOOTS, note=note), *more], **{**usual, **facts})


def _signed_up(url: str = "", **facts: Any) -> Any:
    return {"lines": (Line(name=BOOTS, url=url),), "facts": {"thing": BOOTS, **facts}}


def _to_staff(*lines: Line, **facts: Any) -> Any:
    return {"lines": lines, "facts": {"channel": "Europe", **facts}}


def _low_stock() -> Any:
    shelves = ((f"{BOOTS} · BOOT-42", 3), (f"{SOCKS} · SOCK", 1))
    lines = [
        Line(
            name=name,
            note=ngettext("%(units)s is free", "%(units)s are free", free) % {"units": free},
        )
        for name, free in shelves
    ]
    return _to_staff(*lines, things=12, more=10)


def _limit() -> Any:
    said = ngettext(
        "%(units)s of at most %(limit)s waits", "%(units)s of at most %(limit)s wait", 9
    )
    line = Line(name=f"{BOOTS} · BOOT-42", note=said % {"units": 9, "limit": 10})
    return _to_staff(line, things=1, more=0)


def _late(late: int, soon: int) -> Any:
    line = Line(
        name=_of_order(f"{BOOTS}, {SOCKS}"), split=i18n.split(0, 3),
        note=gettext("promised for %(day)s") % {"day": day(TOLD)},
    )  # fmt: skip
    return _to_staff(line, late=late, soon=soon, more=late + soon - 1)


def _lost() -> Any:
    line = Line(name=_of_order(str(MessageKind.DELAYED.label)), note="550 no such user")
    return _to_staff(line, things=2, more=1)


def _of_order(things: str) -> str:
    return gettext("Order %(number)s: %(things)s") % {"number": "10", "things": things}


CASES: dict[str, Callable[[], Any]] = {
    "placed": lambda: _placed(5, 5, Line(name=SOCKS, split=i18n.split(2, 0))),
    "placed.all_waits": lambda: _placed(0, 1),
    "placed.with_voucher": lambda: _placed(1, 2, voucher_lines=[_off()]),
    "delayed": lambda: _delayed(asked=True),
    "delayed.silence": lambda: _delayed(
        asked=True, silence=SILENCE, voucher_lines=[_off(), _credit()]
    ),
    "delayed.told": lambda: _delayed(asked=False),
    "delayed.part": _part_delayed,
    "earlier": lambda: _order([_waits(0, 2, until=day(TOLD))], day=day(TOLD)),
    "allocated": lambda: _allocated(2, 0),
    "allocated.partly": lambda: _allocated(3, 2),
    "cancelled": lambda: _cancelled(still_waiting=1),
    "cancelled.owed": lambda: _cancelled(settled=False),
    "cancelled.silence": lambda: _cancelled(by_silence=True, still_waiting=5),
    "cancelled.unpaid": lambda: _cancelled(None),
    "cancelled.switched": lambda: _switched(TWENTY),
    "cancelled.switched_evenly": lambda: _switched(None),
    "refunded": lambda: _order(amount=TWENTY),
    "status": lambda: _order([_waits(1, 2, until=day(LAST), first=day(SLIPPED))]),
    "offer": lambda: _order(voucher_lines=[_credit()]),
    "rate": lambda: _order([Line(name=BOOTS, url=RATE), Line(name=SOCKS, url=RATE)]),
    "confirm": lambda: _signed_up(CONFIRM),
    "back_in_stock": lambda: _signed_up(units=3),
    "back_in_stock.uncounted": lambda: _signed_up(units=0),
    "low_stock": _low_stock,
    "limit": _limit,
    "late": lambda: _late(2, 5),
    "late.one": lambda: _late(1, 0),
    "refund_failed": lambda: _to_staff(number="10", amount=TWENTY, last_error="Gateway: declined."),
    "given_up": _lost,
}
