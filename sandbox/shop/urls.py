from __future__ import annotations

from django.urls import path

from sandbox.shop import mailbox, pages, payment_app, playground, staff, supply

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
    path("staff/ship/", staff.ship, name="ship"),
    path("staff/refund/", staff.ask_again, name="ask-again"),
    path("staff/refusals/", staff.toggle_refusals, name="toggle-refusals"),
    path("staff/supply/announce/", supply.announce, name="announce"),
    path("staff/supply/move/", supply.move, name="move"),
    path("staff/supply/receive/", supply.receive, name="receive"),
    path("staff/supply/call-off/", supply.call_off, name="call-off"),
    path(payment_app.PATH, payment_app.refund, name="payment-app"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<slug:key>/", mailbox.mail, name="mail"),
    path("playground/", playground.playground, name="playground"),
]
