"""The chapters about dates: a pallet that slips and comes short, and what customers make of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from sandbox.demo import emails, link, mail
from sandbox.demo.actors import Actors
from sandbox.demo.narrator import Narrator
from sandbox.demo.supply import Pallet, Supply
from sandbox.shop import documents, fixtures
from sandbox.shop.api import Json

FIRST_DAY, SLIPPED_DAY, REST_DAY, LEAD_DAYS = 7, 12, 13, 30


def tell(narrator: Narrator, actors: Actors, base: str) -> None:
    """Tell how dates follow what is on its way.

    :raises NotAsTold: at the first figure that is not the story's.
    """
    supply = Supply(actors)
    # What the chapters before caused is read by nobody here.
    mail.deliver()
    pallet = pallet_is_announced(narrator, actors, supply)
    orders = everybody_gets_the_date_of_their_place(narrator, actors, supply)
    emails.everybody_is_told(narrator, orders)
    code = pallet_slips(narrator, actors, supply, pallet, orders)
    grace_cancels(narrator, actors, orders["Grace"], base)
    edith_takes_something_else(narrator, actors, orders["Edith"])
    pallet_comes_short(narrator, actors, supply, pallet)
    rest_follows(narrator, actors, supply, pallet, orders)
    emails.all_of_it_is_here(narrator, orders)
    emails.ada_spends_it(narrator, Actors(actors.anybody, fixtures.SCARF), orders["Ada"], code)


def pallet_is_announced(narrator: Narrator, actors: Actors, supply: Supply) -> Pallet:
    """Announce supply before anybody ordered."""
    narrator.chapter("A pallet is on its way")
    fixtures.allow(actors.staff, variant=actors.variant, limit=20, lead_time_days=LEAD_DAYS)
    narrator.check("jackets to be had at once", actors.availability(1)["quantityInStock"], 0)
    before = actors.availability(9)
    narrator.say(
        "Of the Rain jacket none is here. A shopper asks about 9, before any is announced:"
    )
    narrator.quote("backorderAvailability", before["message"])
    pallet = supply.announce("PALLET-1", 9, day(FIRST_DAY))
    narrator.check("announced", (pallet.units, pallet.status), (9, "EXPECTED"))
    narrator.check("its day", pallet.expected_on, day(FIRST_DAY))
    narrator.say(
        f"Staff announce {pallet.units} for {spoken(pallet.expected_on)} (incomingShipmentCreate)."
        " The same question has another answer:"
    )
    after, twelve = actors.availability(9), actors.availability(12)
    narrator.check("9 asked", after["eta"]["date"], day(FIRST_DAY).isoformat())
    narrator.quote("backorderAvailability", after["message"])
    narrator.check("12 asked", parts(twelve), [(9, day(FIRST_DAY)), (3, day(LEAD_DAYS))])
    split = ", ".join(f"{units} by {spoken(on)}" for units, on in parts(twelve))
    narrator.say(f"Of 12 not all would come with it. The same field's etaParts: {split}.")
    return pallet


def everybody_gets_the_date_of_their_place(
    narrator: Narrator, actors: Actors, supply: Supply
) -> dict[str, Json]:
    """Let four people order and pay more than the pallet holds."""
    narrator.chapter("Everybody gets the date of their place")
    asked = {"Ada": 4, "Grace": 2, "Edith": 3, "Joan": 3}
    orders = {name: actors.buy_and_pay(name, units) for name, units in asked.items()}
    narrator.say(
        "Four order and pay, 12 in all. The pallet's 9 go by place; Joan has the lead time."
    )
    first, last = day(FIRST_DAY), day(LEAD_DAYS)
    show_dates(
        narrator,
        actors,
        {
            "Ada": ([(4, first)], False),
            "Grace": ([(2, first)], False),
            "Edith": ([(3, first)], False),
            "Joan": ([(3, last)], False),
        },
    )
    pallet = supply.look()
    narrator.check("spoken for", pallet.promised, 9)
    narrator.say(f"Of the pallet's {pallet.units}, {pallet.promised} are spoken for.")
    return orders


def pallet_slips(
    narrator: Narrator, actors: Actors, supply: Supply, pallet: Pallet, orders: dict[str, Json]
) -> str:
    """Give the pallet a later day; who hangs on it moves, and is asked.  Return Ada's code."""
    narrator.chapter("The pallet slips")
    emails.staff_promise_a_credit(narrator, actors)
    moved = supply.move(pallet, day(SLIPPED_DAY))
    narrator.check("the pallet's new day", moved.expected_on, day(SLIPPED_DAY))
    narrator.say(
        f"The supplier now says {spoken(moved.expected_on)} (incomingShipmentUpdate). Exactly those"
        " who were to get it move, and are asked, since it is more than the 2 days that the shop"
        " tolerates. Joan's date never hung on it."
    )
    later, last = day(SLIPPED_DAY), day(LEAD_DAYS)
    show_dates(
        narrator,
        actors,
        {
            "Ada": ([(4, later)], True),
            "Grace": ([(2, later)], True),
            "Edith": ([(3, later)], True),
            "Joan": ([(3, last)], False),
        },
    )
    queue = actors.queue()
    slips = {name: each["decision"]["slipDays"] for name, each in queue.items() if each["decision"]}
    narrator.check("days of delay", slips, {"Ada": 5, "Grace": 5, "Edith": 5})
    promised = {name: each["promisedEta"]["date"] for name, each in queue.items()}
    narrator.check(
        "what was promised stays",
        promised,
        {name: day(FIRST_DAY).isoformat() for name in slips} | {"Joan": last.isoformat()},
    )
    code = emails.the_shop_apologises(narrator, orders, spoken_with_year(SLIPPED_DAY))
    actors.anybody.plugin(documents.ACCEPT_DELAY, token=link.token_of(queue["Ada"]))
    ada = actors.queue()["Ada"]
    narrator.check("Ada is asked no more", ada["decision"], None)
    narrator.say("Ada keeps waiting (backorderAcceptDelay, with her link's token; no login).")
    return code


def grace_cancels(narrator: Narrator, actors: Actors, order: Json, base: str) -> None:
    """Cancel from the link, and see the money go back."""
    narrator.chapter("Grace opens her link and cancels")
    paid = actors.money(order)
    narrator.check("Grace paid", paid["totalCharged"]["amount"], 263.00)
    page = link.Page(base + actors.queue()["Grace"]["link"])
    narrator.say("Her link needs no login. The page behind it says:")
    told = page.read()
    narrator.check(
        "the page tells her", f"You were told {spoken_with_year(FIRST_DAY)}." in told, True
    )
    narrator.quote("/w/…/", told)
    answer = page.choose(ask="cancel")
    narrator.check(
        "the page answers", answer, "2 are cancelled. $263.00 is on its way back to you."
    )
    narrator.say("She chooses “Cancel what waits” and confirms:")
    narrator.quote("/w/…/", answer)
    after = actors.money(order)
    (refund,) = actors.backorder(order)["refunds"]
    amount, refunded = refund["amount"]["amount"], after["totalRefunded"]["amount"]
    narrator.check("owed and paid back", (amount, refund["state"]), (263.00, "REFUNDED"))
    narrator.check("her order", (after["status"], refunded), ("CANCELED", 263.00))
    (held,) = after["transactions"]
    narrator.check("her payment holds", held["chargedAmount"]["amount"], 0.00)
    narrator.say(
        f"Nothing else was in her order, so it is {after['status']}: 2 × 129.00 and the delivery's"
        f" 5.00, together {refunded:.2f}, came back. Her payment holds"
        f" {held['chargedAmount']['amount']:.2f} now (order.transactions.chargedAmount)."
    )
    later = day(SLIPPED_DAY)
    narrator.check(
        "Joan moves up", parts(actors.queue()["Joan"]), [(2, later), (1, day(LEAD_DAYS))]
    )
    narrator.say(
        f"Her 2 of the pallet are Joan's now, for {spoken(later)}; 1 still has the lead time."
    )


def edith_takes_something_else(narrator: Narrator, actors: Actors, order: Json) -> None:
    """Switch to what is on a shelf, for less."""
    narrator.chapter("Edith takes something else")
    token = link.token_of(actors.queue()["Edith"])
    found = actors.anybody.plugin(documents.ALTERNATIVES, token=token)["alternatives"]
    best = found[0]
    here = best["quantityAvailable"]
    narrator.check("offered first", (best["name"], here), ("Parka", 6))
    narrator.say(
        f"What is here instead, the nearest price first: {best['name']}, {here} on the shelf,"
        " 118.50 each."
    )
    done = actors.anybody.plugin(documents.SWITCH, token=token, variant=best["variantId"])
    (refund,) = done["backorder"]["refunds"]
    amount = refund["amount"]["amount"]
    narrator.check("the difference", (amount, refund["state"]), (31.50, "REFUNDED"))
    new = actors.money({"id": done["replacementOrderId"]})
    narrator.check("the new order comes to", new["total"]["gross"]["amount"], 355.50)
    held = actors.money(order)
    narrator.check("refunded on the old one", held["totalRefunded"]["amount"], 31.50)
    narrator.say(
        f"She takes 3 (backorderSwitch): order {new['number']} has them, for"
        f" {new['total']['gross']['amount']:.2f}, and the difference of"
        f" {amount:.2f} (3 × 10.50) is refunded."
    )
    joan = actors.queue()["Joan"]
    narrator.check("Joan has all from the pallet", parts(joan), [(3, day(SLIPPED_DAY))])
    narrator.check("Joan is asked nothing", joan["decision"], None)
    narrator.say("Edith's 3 of the pallet are free for Joan, who gets her last one with it too.")


def pallet_comes_short(narrator: Narrator, actors: Actors, supply: Supply, pallet: Pallet) -> None:
    """Book less than was announced, twice the same note."""
    narrator.chapter("The pallet arrives, and is short")
    booked = supply.receive(pallet, 5, key="note-4711")
    again = supply.receive(pallet, 5, key="note-4711")
    narrator.check("booked once", (booked.received, again.received), (5, 5))
    narrator.check("on the shelf", actors.shelf().quantity, 5)
    narrator.check("the pallet", again.status, "PARTIALLY_RECEIVED")
    narrator.say(
        f"Of {booked.units}, {booked.received} came. The scanner sends delivery note 4711 twice"
        f" (incomingShipmentReceive with the same idempotencyKey): it is booked once."
    )
    queue = actors.queue()
    ada, joan = queue["Ada"], queue["Joan"]
    narrator.check("Ada has", (ada["quantityAllocated"], ada["quantityWaiting"]), (4, 0))
    narrator.check("Joan has", (joan["quantityAllocated"], joan["quantityWaiting"]), (1, 2))
    narrator.check("Ada's promise", ada["promiseKept"], True)
    narrator.check("Joan's rest", parts(joan), [(2, day(LEAD_DAYS))])
    narrator.check("Joan is asked", joan["decision"]["slipDays"], LEAD_DAYS - SLIPPED_DAY)
    narrator.say(
        "Ada gets her 4, before the day she was promised: kept. Joan gets 1. What is missing is"
        f" expected no more, so her other 2 are back at {spoken(day(LEAD_DAYS))}, and she is asked."
    )
    narrator.say("What Ada was told, and what became of it, from her backorder's own record:")
    for event in ada["events"]:
        narrator.quote(event["type"], event["message"])


def rest_follows(
    narrator: Narrator, actors: Actors, supply: Supply, pallet: Pallet, orders: dict[str, Json]
) -> None:
    """Say when the rest comes, and book it."""
    narrator.chapter("The rest follows")
    moved = supply.move(pallet, day(REST_DAY))
    joan = actors.queue()["Joan"]
    narrator.check("Joan's rest", parts(joan), [(2, day(REST_DAY))])
    narrator.check("Joan is asked no more", joan["decision"], None)
    narrator.say(
        f"The supplier sends the other {moved.units - moved.received} on"
        f" {spoken(moved.expected_on)}."
        " That is near enough to what Joan last heard: nobody asks her any more."
    )
    done = supply.receive(pallet, 4, key="note-4712")
    narrator.check("all came", (done.received, done.status), (9, "RECEIVED"))
    joan = actors.backorder(orders["Joan"])
    narrator.check("Joan has all", (joan["quantityAllocated"], joan["promiseKept"]), (3, True))
    free = actors.availability(2)
    narrator.check("free for anybody", free["quantityInStock"], 2)
    narrator.say("They come: Joan has her 3, and 2 are for sale.")


def show_dates(
    narrator: Narrator, actors: Actors, told: dict[str, tuple[list[tuple[int, date]], bool]]
) -> None:
    """Show who expects what and when, and compare it with the story."""
    queue = actors.queue()
    found = {name: (parts(each), each["decision"] is not None) for name, each in queue.items()}
    narrator.check("dates, and who is asked", found, told)
    narrator.table(
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
