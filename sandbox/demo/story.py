"""The chapters about stock.  Every figure printed here was returned by the API, and is checked."""

from __future__ import annotations

import io

from django.core.management import call_command

from sandbox.demo.cast import Cast, add_to_shelf_with_sql, refusal
from sandbox.demo.teller import Teller
from sandbox.graphql.ids import from_global_id
from sandbox.shop import documents, furniture
from sandbox.shop.api import Json


def tell(teller: Teller, cast: Cast) -> None:
    """Tell how what is on the shelf goes to those who wait.

    :raises NotAsTold: at the first figure that is not the story's.
    """
    half_empty_shelf(teller, cast)
    staff_allow_backorders(teller, cast)
    shopper_asks(teller, cast)
    ada = shopper_agrees_and_orders(teller, cast)
    grace = others_queue_up(teller, cast)
    pallet_arrives(teller, cast)
    what_is_there_ships(teller, cast, ada)
    cancelled_units_go_on(teller, cast, grace)


def half_empty_shelf(teller: Teller, cast: Cast) -> None:
    """Show the shop before the plugin does anything."""
    teller.chapter("A shop with a half-empty shelf")
    shelf = cast.shelf()
    teller.check("pairs on the shelf", shelf.quantity, 2)
    teller.say(f"{shelf.quantity} pairs of {cast.product} are in the {shelf.warehouse}.")
    refused = refusal(cast.fill_cart, "Ada", 5)
    teller.check("the refusal of 5", refused.codes, ["INSUFFICIENT_STOCK"])
    teller.say("Ada wants 5. Without the plugin the shop turns her away:")
    teller.quote("checkoutCreate", str(refused))


def staff_allow_backorders(teller: Teller, cast: Cast) -> None:
    """Switch the plugin on and set a policy."""
    teller.chapter("Staff allow backorders")
    saved = furniture.switch_on(cast.staff)["plugin"]["globalConfiguration"]
    settings = {item["name"]: item["value"] for item in saved["configuration"]}
    teller.check("the plugin is on", saved["active"], True)
    teller.check("shoppers have to agree", settings["agreement_required"], "true")
    teller.say("An admin switches the plugin on and lets it ask shoppers to agree to wait.")
    boots = furniture.BOOTS
    furniture.allow(
        cast.staff, variant=cast.variant, limit=boots.limit, lead_time_days=boots.lead_time_days
    )
    rule = cast.staff.plugin(documents.POLICY, variant=cast.variant, channel=furniture.CHANNEL)
    teller.check("the limit", (rule["allow"], rule["limit"]), (True, 10))
    teller.say(
        f"backorderPolicyUpdate: up to {rule['limit']} pairs may wait, and a pair of which no "
        f"shipment is known takes {rule['leadTimeDays']} days."
    )


def shopper_asks(teller: Teller, cast: Cast) -> None:
    """Ask for what can and what cannot be had."""
    teller.chapter("A shopper asks")
    five = cast.availability(5)
    split = (five["quantityInStock"], five["quantityBackordered"], five["remainingBackorders"])
    teller.check("5 asked: now, later, may wait", split, (2, 3, 10))
    teller.say("The product page asks about 5, before anything is in a cart:")
    teller.quote("backorderAvailability", five["message"])
    thirteen = cast.availability(13)
    teller.check("13 asked", thirteen["status"], "UNAVAILABLE")
    teller.check("13 asked, in words", "2 now, 10 may wait" in thirteen["message"], True)
    teller.say("And about 13:")
    teller.quote("backorderAvailability", thirteen["message"])
    refused = refusal(cast.fill_cart, "Ada", 13)
    teller.check("the refusal of 13", refused.codes, ["INSUFFICIENT_STOCK"])
    teller.say("A cart with 13 is refused too:")
    teller.quote("checkoutCreate", str(refused))


def shopper_agrees_and_orders(teller: Teller, cast: Cast) -> Json:
    """Order five of which three wait."""
    teller.chapter("She agrees to wait, and orders")
    cart = cast.fill_cart("Ada", 5)
    refused = refusal(cast.place, "Ada", cart)
    teller.check("the order without agreement", refused.codes, ["REQUIRED"])
    teller.say("Ada puts 5 into her cart and orders at once. Nobody waits unasked:")
    teller.quote("checkoutComplete", str(refused))
    agreed = cast.agree("Ada", cart)["checkoutBackorders"]["acknowledged"]
    teller.check("she agreed", agreed, True)
    order = cast.place("Ada", cart)
    held, waiting = cast.split(order["id"])
    teller.check("order for 5: on the shelf, waiting", (held, waiting), (2, 3))
    (found,) = cast.staff.plugin(documents.ORDER_BACKORDERS, orderId=order["id"])
    teller.check("place in the queue", found["queuePosition"], 1)
    teller.say(
        f"She agrees (checkoutBackordersAcknowledge) and has order {order['number']}: {held} lie "
        f"on the shelf for her, {waiting} wait, at place {found['queuePosition']} in the queue."
    )
    return order


def others_queue_up(teller: Teller, cast: Cast) -> Json:
    """Let two more wait, one of them more urgent."""
    teller.chapter("Others queue up, one of them urgent")
    grace = cast.buy("Grace", 4)
    cast.buy("Edith", 2)
    left = cast.availability(8)
    teller.check("8 asked", left["status"], "UNAVAILABLE")
    teller.check("how many may still wait", left["remainingBackorders"], 1)
    teller.say("Grace orders 4, Edith 2. The limit counts; somebody asks for 8 more:")
    teller.quote("backorderAvailability", left["message"])
    urgent = cast.queue()["Grace"]["id"]
    cast.staff.plugin(documents.PRIORITY_UPDATE, ids=[urgent], priority=10)
    teller.say("Grace's is for a mountain rescue team: backorderPriorityUpdate puts her first.")
    show_queue(teller, cast, {"Grace": (4, 0), "Ada": (3, 0), "Edith": (2, 0)})
    return grace


def pallet_arrives(teller: Teller, cast: Cast) -> None:
    """Book what arrives in three ways; the queue is served at each."""
    teller.chapter("The pallet arrives, booked three ways")
    teller.say("Who is served first: the higher priority, and among equals the older order.")
    teller.say("3 are booked in the Dashboard (productVariantStocksUpdate, 2 becomes 5).")
    cast.book_in_dashboard(cast.shelf().quantity + 3)
    nothing_is_free(teller, cast, on_shelf=5)
    show_queue(teller, cast, {"Grace": (1, 3), "Ada": (3, 0), "Edith": (2, 0)})
    teller.say("2 more by the ERP, with a plain SQL UPDATE on Saleor's stock table.")
    _, stock_number = from_global_id(cast.shelf().stock_id)
    add_to_shelf_with_sql(int(stock_number), 2)
    nothing_is_free(teller, cast, on_shelf=7)
    show_queue(teller, cast, {"Grace": (0, 4), "Ada": (2, 1), "Edith": (2, 0)})
    teller.say("And 1 by an importer (stockBulkUpdate).")
    cast.book_in_bulk(cast.shelf().quantity + 1)
    nothing_is_free(teller, cast, on_shelf=8)
    show_queue(teller, cast, {"Grace": (0, 4), "Ada": (1, 2), "Edith": (2, 0)})
    teller.say("Why Ada has what she has, from her backorder's own record:")
    for event in cast.queue()["Ada"]["events"]:
        teller.quote(event["type"], event["message"])


def what_is_there_ships(teller: Teller, cast: Cast, ada: Json) -> None:
    """Ship the physical part of a line, and nothing else of it."""
    teller.chapter("What is there ships; what waits does not")
    shelf = cast.shelf()
    held, waiting = cast.split(ada["id"])
    teller.check("Ada: on the shelf, waiting", (held, waiting), (4, 1))
    teller.check("confirmed", cast.confirm(ada), "UNFULFILLED")
    refused = refusal(cast.ship, ada, held + waiting, shelf)
    teller.check("shipping all 5", refused.codes, ["INSUFFICIENT_STOCK"])
    teller.say(f"Staff confirm order {ada['number']} and ship all {held + waiting} of it. Refused:")
    teller.quote("orderFulfill", str(refused))
    refused = refusal(cast.ship, ada, waiting, cast.shelf(virtual=True))
    teller.check("shipping from the virtual warehouse", refused.codes, ["INSUFFICIENT_STOCK"])
    teller.say(
        f"So is shipping the {waiting} that waits from “{cast.shelf(virtual=True).warehouse}”."
    )
    status = cast.ship(ada, held, shelf)["status"]
    teller.check("the order's status", status, "PARTIALLY_FULFILLED")
    teller.check("after shipping", cast.split(ada["id"]), (0, 1))
    teller.say(f"The {held} on the shelf ship; the order is {status}, and {waiting} still waits.")


def cancelled_units_go_on(teller: Teller, cast: Cast, grace: Json) -> None:
    """Cancel an order that holds units."""
    teller.chapter("A cancellation serves the next")
    held, _ = cast.split(grace["id"])
    teller.check("units that Grace holds", held, 4)
    cancelled = cast.staff.main(documents.ORDER_CANCEL, id=grace["id"])["order"]
    teller.check("her order's status", cancelled["status"], "CANCELED")
    teller.say(f"Grace cancels order {cancelled['number']}. Her {held} pairs go to those who wait:")
    show_queue(teller, cast, {"Ada": (0, 1), "Edith": (0, 2)})
    free = cast.availability(1)
    teller.check("pairs that anybody may buy", free["quantityInStock"], 1)
    teller.say("Nobody waits any more, so what is left is for sale again:")
    teller.quote("backorderAvailability", free["message"])


def books_balance(teller: Teller) -> None:
    """Run the check that staff would run."""
    teller.chapter("The books balance")
    printed = io.StringIO()
    call_command("backorders", "check", stdout=printed)
    teller.check("manage.py backorders check", printed.getvalue(), "")
    teller.say("“manage.py backorders check” looks at every rule and prints nothing.")


def nothing_is_free(teller: Teller, cast: Cast, *, on_shelf: int) -> None:
    """Check that a newcomer finds nothing, though the shelf is fuller than before."""
    shelf = cast.shelf()
    newcomer = cast.availability(1)
    teller.check("pairs in the warehouse", shelf.quantity, on_shelf)
    teller.check("of them for a newcomer", newcomer["quantityInStock"], 0)
    teller.say(
        f"The warehouse has {shelf.quantity}, of which {shelf.allocated} are somebody's; "
        f"a newcomer is offered {newcomer['quantityInStock']}."
    )


def show_queue(teller: Teller, cast: Cast, told: dict[str, tuple[int, int]]) -> None:
    """Show who waits and who has what, and compare it with the story."""
    queue = cast.queue()
    found = {
        name: (each["quantityWaiting"], each["quantityAllocated"]) for name, each in queue.items()
    }
    teller.check("waiting and arrived", found, told)
    teller.table(
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
