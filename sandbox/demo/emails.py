"""The chapters about what customers find in their mail, and what they get for waiting."""

from __future__ import annotations

import re

from sandbox.demo import mail
from sandbox.demo.actors import Actors, refusal
from sandbox.demo.narrator import Narrator
from sandbox.mail_backend import Email
from sandbox.shop import documents, fixtures
from sandbox.shop.api import Json

CREDIT = "5.00"
CODE = re.compile(r"Your code: (\S+)")


def everybody_is_told(narrator: Narrator, orders: dict[str, Json]) -> None:
    """Let the background tell what ships now and what waits."""
    emails = mail.deliver()
    told = {name: [email.subject for email in emails.get(name, [])] for name in orders}
    units = {"Ada": 4, "Grace": 2, "Edith": 3, "Joan": 3}
    wanted = {name: [f"Order {orders[name]['number']}: {n} wait"] for name, n in units.items()}
    narrator.check("the letters", told, wanted)
    narrator.say("The background looks into the outbox, and each has one letter:")
    for name in orders:
        narrator.quote(f"to {name}", told[name][0])


def staff_promise_a_credit(narrator: Narrator, actors: Actors) -> None:
    """Let the channel give a credit for each started week of delay."""
    done = actors.staff.plugin(
        documents.CHANNEL_UPDATE,
        channel=fixtures.CHANNEL,
        input={"creditPerWeek": float(CREDIT), "creditMost": 20.0},
    )
    rule = done["rule"]
    narrator.check("the credit", (rule["creditPerWeek"], rule["creditMost"]), (5.0, 20.0))
    narrator.say(
        f"The shop gives {rule['creditPerWeek']:.2f} for each started week that it is late, up to"
        f" {rule['creditMost']:.2f} an order (backorderChannelUpdate)."
    )


def the_shop_apologises(narrator: Narrator, orders: dict[str, Json], day: str) -> str:
    """Read what those get whose date moved; return Ada's code."""
    emails = mail.deliver()
    narrator.check("who hears of it", sorted(emails), ["Ada", "Edith", "Grace"])
    (email,) = emails["Ada"]
    subject = f"Order {orders['Ada']['number']} is late: now expected by {day}"
    narrator.check("the subject", email.subject, subject)
    voucher_line = mail.paragraph(email, "For your patience")
    narrator.check("the credit", voucher_line, f"For your patience: ${CREDIT}")
    narrator.say("Those three, and nobody else, find a letter. Ada's:")
    narrator.quote("subject", email.subject)
    narrator.quote("text", mail.paragraph(email, "What you wait for"))
    narrator.quote("text", voucher_line)
    return _code(email)


def ada_spends_it(narrator: Narrator, anybody: Actors, order: Json, code: str) -> None:
    """Use the code once, by whom it was given to, and by nobody else."""
    narrator.chapter("Ada spends what she got for waiting")
    anybody.agree("Joan", joans := anybody.fill_cart("Joan", 1))
    anybody.shopper("Joan").main(documents.ADD_PROMO_CODE, id=joans, code=code)
    refused = refusal(anybody.place, "Joan", joans)
    narrator.check("Joan may not use it", refused.codes, ["VOUCHER_NOT_APPLICABLE"])
    narrator.say("Joan has seen the code, and tries it:")
    narrator.quote("checkoutComplete", str(refused))
    cart = anybody.fill_cart("Ada", 1)
    anybody.shopper("Ada").main(documents.ADD_PROMO_CODE, id=cart, code=code)
    bought = anybody.place("Ada", cart)
    total = anybody.money(bought)["total"]["gross"]["amount"]
    narrator.check("a scarf at 25.00, and 5.00 for the delivery", total, 25.00)
    offer = anybody.backorder(order)["offer"]
    narrator.check("the offer is used", bool(offer["usedAt"]), True)
    narrator.say(
        f"It was given to Ada, who buys a scarf: 25.00, less {CREDIT}, and 5.00 for the delivery:"
        f" {total:.2f}. Her backorder says that it was used ({offer['code']})."
    )


def all_of_it_is_here(narrator: Narrator, orders: dict[str, Json]) -> None:
    """Read what the last one gets."""
    emails = mail.deliver()
    subject = emails["Joan"][-1].subject
    narrator.check("Joan reads", subject, f"Order {orders['Joan']['number']}: all of it is here")
    narrator.quote("to Joan", subject)


def _code(email: Email) -> str:
    found = CODE.search(email.text)
    return found.group(1) if found else ""
