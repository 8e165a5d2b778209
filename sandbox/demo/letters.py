"""The chapters about what customers find in their mail, and what they get for waiting."""

from __future__ import annotations

import re

from sandbox.demo import mail
from sandbox.demo.cast import Cast, refusal
from sandbox.demo.teller import Teller
from sandbox.post import Letter
from sandbox.shop import documents, furniture
from sandbox.shop.api import Json

CREDIT = "5.00"
CODE = re.compile(r"Your code: (\S+)")


def everybody_is_told(teller: Teller, orders: dict[str, Json]) -> None:
    """Let the background tell what ships now and what waits."""
    letters = mail.deliver()
    told = {name: [letter.subject for letter in letters.get(name, [])] for name in orders}
    units = {"Ada": 4, "Grace": 2, "Edith": 3, "Joan": 3}
    wanted = {name: [f"Order {orders[name]['number']}: {n} wait"] for name, n in units.items()}
    teller.check("the letters", told, wanted)
    teller.say("The background looks into the outbox, and each has one letter:")
    for name in orders:
        teller.quote(f"to {name}", told[name][0])


def staff_promise_a_credit(teller: Teller, cast: Cast) -> None:
    """Let the channel give a credit for each started week of delay."""
    done = cast.staff.plugin(
        documents.CHANNEL_UPDATE,
        channel=furniture.CHANNEL,
        input={"creditPerWeek": float(CREDIT), "creditMost": 20.0},
    )
    rule = done["rule"]
    teller.check("the credit", (rule["creditPerWeek"], rule["creditMost"]), (5.0, 20.0))
    teller.say(
        f"The shop gives {rule['creditPerWeek']:.2f} for each started week that it is late, up to"
        f" {rule['creditMost']:.2f} an order (backorderChannelUpdate)."
    )


def the_shop_apologises(teller: Teller, orders: dict[str, Json], day: str) -> str:
    """Read what those get whose date moved; return Ada's code."""
    letters = mail.deliver()
    teller.check("who hears of it", sorted(letters), ["Ada", "Edith", "Grace"])
    (letter,) = letters["Ada"]
    subject = f"Order {orders['Ada']['number']} is late: now expected by {day}"
    teller.check("the subject", letter.subject, subject)
    gift = mail.paragraph(letter, "For your patience")
    teller.check("the credit", gift, f"For your patience: ${CREDIT}")
    teller.say("Those three, and nobody else, find a letter. Ada's:")
    teller.quote("subject", letter.subject)
    teller.quote("text", mail.paragraph(letter, "What you wait for"))
    teller.quote("text", gift)
    return _code(letter)


def ada_spends_it(teller: Teller, anybody: Cast, order: Json, code: str) -> None:
    """Use the code once, by whom it was given to, and by nobody else."""
    teller.chapter("Ada spends what she got for waiting")
    anybody.agree("Joan", joans := anybody.fill_cart("Joan", 1))
    anybody.shopper("Joan").main(documents.ADD_PROMO_CODE, id=joans, code=code)
    refused = refusal(anybody.place, "Joan", joans)
    teller.check("Joan may not use it", refused.codes, ["VOUCHER_NOT_APPLICABLE"])
    teller.say("Joan has seen the code, and tries it:")
    teller.quote("checkoutComplete", str(refused))
    cart = anybody.fill_cart("Ada", 1)
    anybody.shopper("Ada").main(documents.ADD_PROMO_CODE, id=cart, code=code)
    bought = anybody.place("Ada", cart)
    total = anybody.money(bought)["total"]["gross"]["amount"]
    teller.check("a scarf at 25.00, and 5.00 for the delivery", total, 25.00)
    offer = anybody.backorder(order)["offer"]
    teller.check("the offer is used", bool(offer["usedAt"]), True)
    teller.say(
        f"It was given to Ada, who buys a scarf: 25.00, less {CREDIT}, and 5.00 for the delivery:"
        f" {total:.2f}. Her backorder says that it was used ({offer['code']})."
    )


def all_of_it_is_here(teller: Teller, orders: dict[str, Json]) -> None:
    """Read what the last one gets."""
    letters = mail.deliver()
    subject = letters["Joan"][-1].subject
    teller.check("Joan reads", subject, f"Order {orders['Joan']['number']}: all of it is here")
    teller.quote("to Joan", subject)


def _code(letter: Letter) -> str:
    found = CODE.search(letter.text)
    return found.group(1) if found else ""
