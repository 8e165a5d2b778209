from __future__ import annotations

from django.urls import path

from sandbox.shop import pages, playground, staff, till

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
    path(till.PATH, till.refund, name="till"),
    path("playground/", playground.playground, name="playground"),
]
