"""The chapters about stock.  Every figure printed here was returned by the API, and is checked."""

from __future__ import annotations

import io

from django.core.management import call_command

from sandbox.demo.actors import Actors, add_to_shelf_with_sql, refusal
from sandbox.demo.narrator import Narrator
from sandbox.graphql.ids import from_global_id
from sandbox.shop import documents, fixtures
from sandbox.shop.api import Json


def tell(narrator: Narrator, actors: Actors) -> None:
    """Tell how what is on the shelf goes to those who wait.

    :raises NotAsTold: at the first figure that is not the story's.
    """
    half_empty_shelf(narrator, actors)
    staff_allow_backorders(narrator, actors)
    shopper_asks(narrator, actors)
    ada = shopper_agrees_and_orders(narrator, actors)
    grace = others_queue_up(narrator, actors)
    pallet_arrives(narrator, actors)
    what_is_there_ships(narrator, actors, ada)
    cancelled_units_go_on(narrator, actors, grace)


def half_empty_shelf(narrator: Narrator, actors: Actors) -> None:
    """Show the shop before the plugin does anything."""
    narrator.chapter("A shop with a half-empty shelf")
    shelf = actors.shelf()
    narrator.check("pairs on the shelf", shelf.quantity, 2)
    narrator.say(f"{shelf.quantity} pairs of {actors.product} are in the {shelf.warehouse}.")
    refused = refusal(actors.fill_cart, "Ada", 5)
    narrator.check("the refusal of 5", refused.codes, ["INSUFFICIENT_STOCK"])
    narrator.say("Ada wants 5. Without the plugin the shop turns her away:")
    narrator.quote("checkoutCreate", str(refused))


def staff_allow_backorders(narrator: Narrator, actors: Actors) -> None:
    """Switch the plugin on and set a policy."""
    narrator.chapter("Staff allow backorders")
    saved = fixtures.switch_on(actors.staff)["plugin"]["globalConfiguration"]
    settings = {item["name"]: item["value"] for item in saved["configuration"]}
    narrator.check("the plugin is on", saved["active"], True)
    narrator.check("shoppers have to agree", settings["agreement_required"], "true")
    narrator.say("An admin switches the plugin on and lets it ask shoppers to agree to wait.")
    boots = fixtures.BOOTS
    fixtures.allow(
        actors.staff, variant=actors.variant, limit=boots.limit, lead_time_days=boots.lead_time_days
    )
    rule = actors.staff.plugin(documents.POLICY, variant=actors.variant, channel=fixtures.CHANNEL)
    narrator.check("the limit", (rule["allow"], rule["limit"]), (True, 10))
    narrator.say(
        f"backorderPolicyUpdate: up to {rule['limit']} pairs may wait, and a pair of which no "
        f"shipment is known takes {rule['leadTimeDays']} days."
    )


def shopper_asks(narrator: Narrator, actors: Actors) -> None:
    """Ask for what can and what cannot be had."""
    narrator.chapter("A shopper asks")
    five = actors.availability(5)
    split = (five["quantityInStock"], five["quantityBackordered"], five["remainingBackorders"])
    narrator.check("5 asked: now, later, may wait", split, (2, 3, 10))
    narrator.say("The product page asks about 5, before anything is in a cart:")
    narrator.quote("backorderAvailability", five["message"])
    thirteen = actors.availability(13)
    narrator.check("13 asked", thirteen["status"], "UNAVAILABLE")
    narrator.check("13 asked, in words", "2 now, 10 may wait" in thirteen["message"], True)
    narrator.say("And about 13:")
    narrator.quote("backorderAvailability", thirteen["message"])
    refused = refusal(actors.fill_cart, "Ada", 13)
    narrator.check("the refusal of 13", refused.codes, ["INSUFFICIENT_STOCK"])
    narrator.say("A cart with 13 is refused too:")
    narrator.quote("checkoutCreate", str(refused))


def shopper_agrees_and_orders(narrator: Narrator, actors: Actors) -> Json:
    """Order five of which three wait."""
    narrator.chapter("She agrees to wait, and orders")
    cart = actors.fill_cart("Ada", 5)
    refused = refusal(actors.place, "Ada", cart)
    narrator.check("the order without agreement", refused.codes, ["REQUIRED"])
    narrator.say("Ada puts 5 into her cart and orders at once. Nobody waits unasked:")
    narrator.quote("checkoutComplete", str(refused))
    agreed = actors.agree("Ada", cart)["checkoutBackorders"]["acknowledged"]
    narrator.check("she agreed", agreed, True)
    order = actors.place("Ada", cart)
    held, waiting = actors.split(order["id"])
    narrator.check("order for 5: on the shelf, waiting", (held, waiting), (2, 3))
    (found,) = actors.staff.plugin(documents.ORDER_BACKORDERS, orderId=order["id"])
    narrator.check("place in the queue", found["queuePosition"], 1)
    narrator.say(
        f"She agrees (checkoutBackordersAcknowledge) and has order {order['number']}: {held} lie "
        f"on the shelf for her, {waiting} wait, at place {found['queuePosition']} in the queue."
    )
    return order


def others_queue_up(narrator: Narrator, actors: Actors) -> Json:
    """Let two more wait, one of them more urgent."""
    narrator.chapter("Others queue up, one of them urgent")
    grace = actors.buy("Grace", 4)
    actors.buy("Edith", 2)
    left = actors.availability(8)
    narrator.check("8 asked", left["status"], "UNAVAILABLE")
    narrator.check("how many may still wait", left["remainingBackorders"], 1)
    narrator.say("Grace orders 4, Edith 2. The limit counts; somebody asks for 8 more:")
    narrator.quote("backorderAvailability", left["message"])
    urgent = actors.queue()["Grace"]["id"]
    actors.staff.plugin(documents.PRIORITY_UPDATE, ids=[urgent], priority=10)
    narrator.say("Grace's is for a mountain rescue team: backorderPriorityUpdate puts her first.")
    show_queue(narrator, actors, {"Grace": (4, 0), "Ada": (3, 0), "Edith": (2, 0)})
    return grace


def pallet_arrives(narrator: Narrator, actors: Actors) -> None:
    """Book what arrives in three ways; the queue is served at each."""
    narrator.chapter("The pallet arrives, booked three ways")
    narrator.say("Who is served first: the higher priority, and among equals the older order.")
    narrator.say("3 are booked in the Dashboard (productVariantStocksUpdate, 2 becomes 5).")
    actors.book_in_dashboard(actors.shelf().quantity + 3)
    nothing_is_free(narrator, actors, free_stock=5)
    show_queue(narrator, actors, {"Grace": (1, 3), "Ada": (3, 0), "Edith": (2, 0)})
    narrator.say("2 more by the ERP, with a plain SQL UPDATE on Saleor's stock table.")
    _, stock_number = from_global_id(actors.shelf().stock_id)
    add_to_shelf_with_sql(int(stock_number), 2)
    nothing_is_free(narrator, actors, free_stock=7)
    show_queue(narrator, actors, {"Grace": (0, 4), "Ada": (2, 1), "Edith": (2, 0)})
    narrator.say("And 1 by an importer (stockBulkUpdate).")
    actors.book_in_bulk(actors.shelf().quantity + 1)
    nothing_is_free(narrator, actors, free_stock=8)
    show_queue(narrator, actors, {"Grace": (0, 4), "Ada": (1, 2), "Edith": (2, 0)})
    narrator.say("Why Ada has what she has, from her backorder's own record:")
    for event in actors.queue()["Ada"]["events"]:
        narrator.quote(event["type"], event["message"])


def what_is_there_ships(narrator: Narrator, actors: Actors, ada: Json) -> None:
    """Ship the physical part of a line, and nothing else of it."""
    narrator.chapter("What is there ships; what waits does not")
    shelf = actors.shelf()
    held, waiting = actors.split(ada["id"])
    narrator.check("Ada: on the shelf, waiting", (held, waiting), (4, 1))
    narrator.check("confirmed", actors.confirm(ada), "UNFULFILLED")
    refused = refusal(actors.ship, ada, held + waiting, shelf)
    narrator.check("shipping all 5", refused.codes, ["INSUFFICIENT_STOCK"])
    narrator.say(
        f"Staff confirm order {ada['number']} and ship all {held + waiting} of it. Refused:"
    )
    narrator.quote("orderFulfill", str(refused))
    refused = refusal(actors.ship, ada, waiting, actors.shelf(virtual=True))
    narrator.check("shipping from the virtual warehouse", refused.codes, ["INSUFFICIENT_STOCK"])
    narrator.say(
        f"So is shipping the {waiting} that waits from “{actors.shelf(virtual=True).warehouse}”."
    )
    status = actors.ship(ada, held, shelf)["status"]
    narrator.check("the order's status", status, "PARTIALLY_FULFILLED")
    narrator.check("after shipping", actors.split(ada["id"]), (0, 1))
    narrator.say(f"The {held} on the shelf ship; the order is {status}, and {waiting} still waits.")


def cancelled_units_go_on(narrator: Narrator, actors: Actors, grace: Json) -> None:
    """Cancel an order that holds units."""
    narrator.chapter("A cancellation serves the next")
    held, _ = actors.split(grace["id"])
    narrator.check("units that Grace holds", held, 4)
    cancelled = actors.staff.main(documents.ORDER_CANCEL, id=grace["id"])["order"]
    narrator.check("her order's status", cancelled["status"], "CANCELED")
    narrator.say(
        f"Grace cancels order {cancelled['number']}. Her {held} pairs go to those who wait:"
    )
    show_queue(narrator, actors, {"Ada": (0, 1), "Edith": (0, 2)})
    free = actors.availability(1)
    narrator.check("pairs that anybody may buy", free["quantityInStock"], 1)
    narrator.say("Nobody waits any more, so what is left is for sale again:")
    narrator.quote("backorderAvailability", free["message"])


def books_balance(narrator: Narrator) -> None:
    """Run the check that staff would run."""
    narrator.chapter("The books balance")
    printed = io.StringIO()
    call_command("backorders", "check", stdout=printed)
    narrator.check("manage.py backorders check", printed.getvalue(), "")
    narrator.say("“manage.py backorders check” looks at every rule and prints nothing.")


def nothing_is_free(narrator: Narrator, actors: Actors, *, free_stock: int) -> None:
    """Check that a newcomer finds nothing, though the shelf is fuller than before."""
    shelf = actors.shelf()
    newcomer = actors.availability(1)
    narrator.check("pairs in the warehouse", shelf.quantity, free_stock)
    narrator.check("of them for a newcomer", newcomer["quantityInStock"], 0)
    narrator.say(
        f"The warehouse has {shelf.quantity}, of which {shelf.allocated} are somebody's; "
        f"a newcomer is offered {newcomer['quantityInStock']}."
    )


def show_queue(narrator: Narrator, actors: Actors, told: dict[str, tuple[int, int]]) -> None:
    """Show who waits and who has what, and compare it with the story."""
    queue = actors.queue()
    found = {
        name: (each["quantityWaiting"], each["quantityAllocated"]) for name, each in queue.items()
    }
    narrator.check("waiting and arrived", found, told)
    narrator.table(
        ("customer", "priority", "place", "waiting", "arrived", "status"),
        [
            (
                name,
                each["priority"],
                each["queuePosition"] or "-",
                each["quantityWaiting"],
                each["quantityAllocated"],
                each["status"],
            )
            for name, each in sorted(queue.items(), key=by_place)
        ],
    )


def by_place(entry: tuple[str, Json]) -> tuple[bool, int]:
    """Sort those who wait no more first, then by place."""
    place = entry[1]["queuePosition"]
    return place is not None, place or 0
