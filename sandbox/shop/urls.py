from __future__ import annotations

from django.urls import path

from sandbox.shop import dock, mailbox, pages, playground, staff, till

urlpatterns = [
    path("", pages.products, name="products"),
    path("as/", pages.choose_shopper, name="choose-shopper"),
    path("cart/", pages.cart, name="cart"),
    path("cart/add/", pages.add_to_cart, name="add-to-cart"),
    path("cart/change/", pages.change_cart, name="change-cart"),
    path("cart/agree/", pages.agree, name="agree"),
    path("cart/order/", pages.order, name="order"),
    path("orders/", pages.orders, name="orders"),
    path("staff/", staff.desk, name="staff"),
    path("staff/stock/", staff.book_stock, name="book-stock"),
    path("staff/policy/", staff.set_policy, name="set-policy"),
    path("staff/priority/", staff.prioritise, name="prioritise"),
    path("staff/ship/", staff.ship, name="ship"),
    path("staff/cancel/", staff.cancel, name="cancel"),
    path("staff/refund/", staff.ask_again, name="ask-again"),
    path("staff/till/", staff.turn_the_tills_key, name="turn-key"),
    path("staff/dock/announce/", dock.announce, name="announce"),
    path("staff/dock/move/", dock.move, name="move"),
    path("staff/dock/receive/", dock.receive, name="receive"),
    path("staff/dock/call-off/", dock.call_off, name="call-off"),
    path(till.PATH, till.refund, name="till"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:key>/", mailbox.letter, name="letter"),
    path("playground/", playground.playground, name="playground"),
]
