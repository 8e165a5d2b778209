"""The host's tables and columns that our SQL reads or writes, and those that ``rows.py`` types.

A system check compares them with the database, so that a column which a new Saleor renames is
found by ``manage.py check --database default``, not by a shopper.
"""

from __future__ import annotations

TABLES: dict[str, frozenset[str]] = {
    "account_address": frozenset({"id", "company_name", "country"}),
    "account_user": frozenset({"id", "email"}),
    "channel_channel": frozenset({"id", "slug", "name", "default_country", "currency_code"}),
    "checkout_checkout": frozenset(
        {
            "token",
            "channel_id",
            "country",
            "shipping_address_id",
            "collection_point_id",
            "voucher_code",
        }
    ),
    "checkout_checkoutline": frozenset({"id", "checkout_id", "variant_id", "quantity"}),
    "discount_vouchercode": frozenset({"id", "code", "is_active"}),
    "order_fulfillmentline": frozenset({"id", "order_line_id", "stock_id", "quantity"}),
    "order_order": frozenset(
        {
            "id",
            "number",
            "status",
            "created_at",
            "channel_id",
            "checkout_token",
            "collection_point_id",
            "shipping_address_id",
            "billing_address_id",
            "user_id",
            "user_email",
            "voucher_code",
            "language_code",
            "currency",
            "total_gross_amount",
            "total_charged_amount",
            "shipping_price_gross_amount",
        }
    ),
    "order_ordergrantedrefund": frozenset(
        {
            "id",
            "order_id",
            "amount_value",
            "currency",
            "status",
            "reason",
            "shipping_costs_included",
            "transaction_item_id",
            "user_id",
            "app_id",
        }
    ),
    "order_ordergrantedrefundline": frozenset(
        {"id", "granted_refund_id", "order_line_id", "quantity"}
    ),
    "order_orderline": frozenset(
        {
            "id",
            "order_id",
            "variant_id",
            "created_at",
            "quantity",
            "quantity_fulfilled",
            "currency",
            "total_price_gross_amount",
            "product_name",
            "variant_name",
            "translated_product_name",
            "translated_variant_name",
        }
    ),
    "payment_payment": frozenset({"id", "captured_amount"}),
    "payment_transaction": frozenset({"id", "payment_id", "kind", "is_success", "amount"}),
    "payment_transactionevent": frozenset(
        {
            "id",
            "transaction_id",
            "type",
            "amount_value",
            "currency",
            "message",
            "psp_reference",
            "idempotency_key",
            "include_in_calculations",
            "related_granted_refund_id",
        }
    ),
    "payment_transactionitem": frozenset(
        {
            "id",
            "order_id",
            "currency",
            "charged_value",
            "refund_pending_value",
            "refunded_value",
            "app_id",
            "app_identifier",
        }
    ),
    "plugins_pluginconfiguration": frozenset(
        {"identifier", "channel_id", "configuration", "active"}
    ),
    "product_category": frozenset({"id", "lft", "rght", "tree_id", "level"}),
    "product_product": frozenset(
        {"id", "name", "slug", "category_id", "product_type_id", "metadata"}
    ),
    "product_productchannellisting": frozenset(
        {"product_id", "channel_id", "is_published", "published_at", "available_for_purchase_at"}
    ),
    "product_producttype": frozenset({"id", "kind", "is_digital"}),
    "product_productvariant": frozenset(
        {
            "id",
            "name",
            "sku",
            "sort_order",
            "product_id",
            "track_inventory",
            "is_preorder",
            "preorder_end_date",
            "metadata",
        }
    ),
    "product_productvariantchannellisting": frozenset(
        {"variant_id", "channel_id", "price_amount", "discounted_price_amount"}
    ),
    "shipping_shippingzone": frozenset({"id", "countries"}),
    "shipping_shippingzone_channels": frozenset({"shippingzone_id", "channel_id"}),
    "site_sitesettings": frozenset({"id", "limit_quantity_per_checkout"}),
    "warehouse_allocation": frozenset({"id", "order_line_id", "stock_id", "quantity_allocated"}),
    "warehouse_channelwarehouse": frozenset({"id", "channel_id", "warehouse_id", "sort_order"}),
    "warehouse_reservation": frozenset(
        {"id", "checkout_line_id", "stock_id", "quantity_reserved", "reserved_until"}
    ),
    "warehouse_stock": frozenset(
        {"id", "warehouse_id", "product_variant_id", "quantity", "quantity_allocated"}
    ),
    "warehouse_warehouse": frozenset(
        {"id", "name", "slug", "address_id", "click_and_collect_option", "is_private"}
    ),
    "warehouse_warehouse_shipping_zones": frozenset({"id", "warehouse_id", "shippingzone_id"}),
}
