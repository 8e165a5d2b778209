"""The chapters about dates: a pallet that slips and comes short, and what customers make of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from sandbox.demo import letters, link, mail
from sandbox.demo.cast import Cast
from sandbox.demo.dock import Dock, Pallet
from sandbox.demo.teller import Teller
from sandbox.shop import documents, furniture
from sandbox.shop.api import Json

FIRST_DAY, SLIPPED_DAY, REST_DAY, LEAD_DAYS = 7, 12, 13, 30


def tell(teller: Teller, cast: Cast, base: str) -> None:
    """Tell how dates follow what is on its way.

    :raises NotAsTold: at the first figure that is not the story's.
    """
    dock = Dock(cast)
    # What the chapters before caused is read by nobody here.
    mail.deliver()
    pallet = pallet_is_announced(teller, cast, dock)
    orders = everybody_gets_the_date_of_their_place(teller, cast, dock)
    letters.everybody_is_told(teller, orders)
    code = pallet_slips(teller, cast, dock, pallet, orders)
    grace_cancels(teller, cast, orders["Grace"], base)
    edith_takes_something_else(teller, cast, orders["Edith"])
    pallet_comes_short(teller, cast, dock, pallet)
    rest_follows(teller, cast, dock, pallet, orders)
    letters.all_of_it_is_here(teller, orders)
    letters.ada_spends_it(teller, Cast(cast.anybody, furniture.SCARF), orders["Ada"], code)


def pallet_is_announced(teller: Teller, cast: Cast, dock: Dock) -> Pallet:
    """Announce supply before anybody ordered."""
    teller.chapter("A pallet is on its way")
    furniture.allow(cast.staff, variant=cast.variant, limit=20, lead_time_days=LEAD_DAYS)
    teller.check("jackets to be had at once", cast.availability(1)["quantityInStock"], 0)
    before = cast.availability(9)
    teller.say("Of the Rain jacket none is here. A shopper asks about 9, before any is announced:")
    teller.quote("backorderAvailability", before["message"])
    pallet = dock.announce("PALLET-1", 9, day(FIRST_DAY))
    teller.check("announced", (pallet.units, pallet.status), (9, "EXPECTED"))
    teller.check("its day", pallet.expected_on, day(FIRST_DAY))
    teller.say(
        f"Staff announce {pallet.units} for {spoken(pallet.expected_on)} (incomingShipmentCreate)."
        " The same question has another answer:"
    )
    after, twelve = cast.availability(9), cast.availability(12)
    teller.check("9 asked", after["eta"]["date"], day(FIRST_DAY).isoformat())
    teller.quote("backorderAvailability", after["message"])
    teller.check("12 asked", parts(twelve), [(9, day(FIRST_DAY)), (3, day(LEAD_DAYS))])
    split = ", ".join(f"{units} by {spoken(on)}" for units, on in parts(twelve))
    teller.say(f"Of 12 not all would come with it. The same field's etaParts: {split}.")
    return pallet


def everybody_gets_the_date_of_their_place(
    teller: Teller, cast: Cast, dock: Dock
) -> dict[str, Json]:
    """Let four people order and pay more than the pallet holds."""
    teller.chapter("Everybody gets the date of their place")
    asked = {"Ada": 4, "Grace": 2, "Edith": 3, "Joan": 3}
    orders = {name: cast.buy_and_pay(name, units) for name, units in asked.items()}
    teller.say("Four order and pay, 12 in all. The pallet's 9 go by place; Joan has the lead time.")
    first, last = day(FIRST_DAY), day(LEAD_DAYS)
    show_dates(
        teller,
        cast,
        {
            "Ada": ([(4, first)], False),
            "Grace": ([(2, first)], False),
            "Edith": ([(3, first)], False),
            "Joan": ([(3, last)], False),
        },
    )
    pallet = dock.look()
    teller.check("spoken for", pallet.promised, 9)
    teller.say(f"Of the pallet's {pallet.units}, {pallet.promised} are spoken for.")
    return orders


def pallet_slips(
    teller: Teller, cast: Cast, dock: Dock, pallet: Pallet, orders: dict[str, Json]
) -> str:
    """Give the pallet a later day; who hangs on it moves, and is asked.  Return Ada's code."""
    teller.chapter("The pallet slips")
    letters.staff_promise_a_credit(teller, cast)
    moved = dock.move(pallet, day(SLIPPED_DAY))
    teller.check("the pallet's new day", moved.expected_on, day(SLIPPED_DAY))
    teller.say(
        f"The supplier now says {spoken(moved.expected_on)} (incomingShipmentUpdate). Exactly those"
        " who were to get it move, and are asked, since it is more than the 2 days that the shop"
        " tolerates. Joan's date never hung on it."
    )
    later, last = day(SLIPPED_DAY), day(LEAD_DAYS)
    show_dates(
        teller,
        cast,
        {
            "Ada": ([(4, later)], True),
            "Grace": ([(2, later)], True),
            "Edith": ([(3, later)], True),
            "Joan": ([(3, last)], False),
        },
    )
    queue = cast.queue()
    slips = {name: each["decision"]["slipDays"] for name, each in queue.items() if each["decision"]}
    teller.check("days of delay", slips, {"Ada": 5, "Grace": 5, "Edith": 5})
    promised = {name: each["promisedEta"]["date"] for name, each in queue.items()}
    teller.check(
        "what was promised stays",
        promised,
        {name: day(FIRST_DAY).isoformat() for name in slips} | {"Joan": last.isoformat()},
    )
    code = letters.the_shop_apologises(teller, orders, spoken_with_year(SLIPPED_DAY))
    cast.anybody.plugin(documents.ACCEPT_DELAY, token=link.token_of(queue["Ada"]))
    ada = cast.queue()["Ada"]
    teller.check("Ada is asked no more", ada["decision"], None)
    teller.say("Ada keeps waiting (backorderAcceptDelay, with her link's token; no login).")
    return code


def grace_cancels(teller: Teller, cast: Cast, order: Json, base: str) -> None:
    """Cancel from the link, and see the money go back."""
    teller.chapter("Grace opens her link and cancels")
    paid = cast.money(order)
    teller.check("Grace paid", paid["totalCharged"]["amount"], 263.00)
    page = link.Page(base + cast.queue()["Grace"]["link"])
    teller.say("Her link needs no login. The page behind it says:")
    told = page.read()
    teller.check(
        "the page tells her", f"You were told {spoken_with_year(FIRST_DAY)}." in told, True
    )
    teller.quote("/w/…/", told)
    answer = page.choose(ask="cancel")
    teller.check("the page answers", answer, "2 are cancelled. $263.00 is on its way back to you.")
    teller.say("She chooses “Cancel what waits” and confirms:")
    teller.quote("/w/…/", answer)
    after = cast.money(order)
    (refund,) = cast.backorder(order)["refunds"]
    amount, refunded = refund["amount"]["amount"], after["totalRefunded"]["amount"]
    teller.check("owed and paid back", (amount, refund["state"]), (263.00, "REFUNDED"))
    teller.check("her order", (after["status"], refunded), ("CANCELED", 263.00))
    (held,) = after["transactions"]
    teller.check("her payment holds", held["chargedAmount"]["amount"], 0.00)
    teller.say(
        f"Nothing else was in her order, so it is {after['status']}: 2 × 129.00 and the delivery's"
        f" 5.00, together {refunded:.2f}, came back. Her payment holds"
        f" {held['chargedAmount']['amount']:.2f} now (order.transactions.chargedAmount)."
    )
    later = day(SLIPPED_DAY)
    teller.check("Joan moves up", parts(cast.queue()["Joan"]), [(2, later), (1, day(LEAD_DAYS))])
    teller.say(
        f"Her 2 of the pallet are Joan's now, for {spoken(later)}; 1 still has the lead time."
    )


def edith_takes_something_else(teller: Teller, cast: Cast, order: Json) -> None:
    """Switch to what is on a shelf, for less."""
    teller.chapter("Edith takes something else")
    token = link.token_of(cast.queue()["Edith"])
    found = cast.anybody.plugin(documents.ALTERNATIVES, token=token)["alternatives"]
    best = found[0]
    here = best["quantityAvailable"]
    teller.check("offered first", (best["name"], here), ("Parka", 6))
    teller.say(
        f"What is here instead, the nearest price first: {best['name']}, {here} on the shelf,"
        " 118.50 each."
    )
    done = cast.anybody.plugin(documents.SWITCH, token=token, variant=best["variantId"])
    (refund,) = done["backorder"]["refunds"]
    amount = refund["amount"]["amount"]
    teller.check("the difference", (amount, refund["state"]), (31.50, "REFUNDED"))
    new = cast.money({"id": done["replacementOrderId"]})
    teller.check("the new order comes to", new["total"]["gross"]["amount"], 355.50)
    held = cast.money(order)
    teller.check("refunded on the old one", held["totalRefunded"]["amount"], 31.50)
    teller.say(
        f"She takes 3 (backorderSwitch): order {new['number']} has them, for"
        f" {new['total']['gross']['amount']:.2f}, and the difference of"
        f" {amount:.2f} (3 × 10.50) is refunded."
    )
    joan = cast.queue()["Joan"]
    teller.check("Joan has all from the pallet", parts(joan), [(3, day(SLIPPED_DAY))])
    teller.check("Joan is asked nothing", joan["decision"], None)
    teller.say("Edith's 3 of the pallet are free for Joan, who gets her last one with it too.")


def pallet_comes_short(teller: Teller, cast: Cast, dock: Dock, pallet: Pallet) -> None:
    """Book less than was announced, twice the same note."""
    teller.chapter("The pallet arrives, and is short")
    booked = dock.receive(pallet, 5, key="note-4711")
    again = dock.receive(pallet, 5, key="note-4711")
    teller.check("booked once", (booked.received, again.received), (5, 5))
    teller.check("on the shelf", cast.shelf().quantity, 5)
    teller.check("the pallet", again.status, "PARTIALLY_RECEIVED")
    teller.say(
        f"Of {booked.units}, {booked.received} came. The scanner sends delivery note 4711 twice"
        f" (incomingShipmentReceive with the same idempotencyKey): it is booked once."
    )
    queue = cast.queue()
    ada, joan = queue["Ada"], queue["Joan"]
    teller.check("Ada has", (ada["quantityAllocated"], ada["quantityWaiting"]), (4, 0))
    teller.check("Joan has", (joan["quantityAllocated"], joan["quantityWaiting"]), (1, 2))
    teller.check("Ada's promise", ada["promiseKept"], True)
    teller.check("Joan's rest", parts(joan), [(2, day(LEAD_DAYS))])
    teller.check("Joan is asked", joan["decision"]["slipDays"], LEAD_DAYS - SLIPPED_DAY)
    teller.say(
        "Ada gets her 4, before the day she was promised: kept. Joan gets 1. What is missing is"
        f" expected no more, so her other 2 are back at {spoken(day(LEAD_DAYS))}, and she is asked."
    )
    teller.say("What Ada was told, and what became of it, from her backorder's own record:")
    for event in ada["events"]:
        teller.quote(event["type"], event["message"])


def rest_follows(
    teller: Teller, cast: Cast, dock: Dock, pallet: Pallet, orders: dict[str, Json]
) -> None:
    """Say when the rest comes, and book it."""
    teller.chapter("The rest follows")
    moved = dock.move(pallet, day(REST_DAY))
    joan = cast.queue()["Joan"]
    teller.check("Joan's rest", parts(joan), [(2, day(REST_DAY))])
    teller.check("Joan is asked no more", joan["decision"], None)
    teller.say(
        f"The supplier sends the other {moved.units - moved.received} on"
        f" {spoken(moved.expected_on)}."
        " That is near enough to what Joan last heard: nobody asks her any more."
    )
    done = dock.receive(pallet, 4, key="note-4712")
    teller.check("all came", (done.received, done.status), (9, "RECEIVED"))
    joan = cast.backorder(orders["Joan"])
    teller.check("Joan has all", (joan["quantityAllocated"], joan["promiseKept"]), (3, True))
    free = cast.availability(2)
    teller.check("free for anybody", free["quantityInStock"], 2)
    teller.say("They come: Joan has her 3, and 2 are for sale.")


def show_dates(
    teller: Teller, cast: Cast, told: dict[str, tuple[list[tuple[int, date]], bool]]
) -> None:
    """Show who expects what and when, and compare it with the story."""
    queue = cast.queue()
    found = {name: (parts(each), each["decision"] is not None) for name, each in queue.items()}
    teller.check("dates, and who is asked", found, told)
    teller.table(
        ("customer", "waiting", "promised", "expected", "late", "asked"),
        [
            (
                name,
                each["quantityWaiting"],
                spoken(date.fromisoformat(each["promisedEta"]["date"])),
                spoken(date.fromisoformat(each["eta"]["date"])),
                "yes" if each["isLate"] else "-",
                "yes" if each["decision"] else "-",
            )
            for name, each in sorted(queue.items(), key=lambda entry: entry[1]["queuePosition"])
        ],
    )


def parts(answer: Json) -> list[tuple[int, date]]:
    """Return how many units come on which day."""
    return [(part["quantity"], date.fromisoformat(part["date"])) for part in answer["etaParts"]]


def day(days: int) -> date:
    """Return the shop's day so many days from now."""
    return timezone.now().date() + timedelta(days=days)


def spoken(on: date) -> str:
    """Write a day as the shop does."""
    return f"{on.day} {on:%B}"


def spoken_with_year(days: int) -> str:
    """Write a day so many days from now as the customer's page does."""
    return f"{spoken(day(days))} {day(days).year}"
