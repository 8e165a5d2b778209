-- Purpose: tell of each variant what it is called, whether the channel sells it now, its
--   policy, and its room.
-- Parameters: variant_ids, channel_id, country, collection_point_id, checkout_id, now, today.
-- Locks: none.
-- Rows: one for each variant that exists. The policy columns are null where the variant has no
--   virtual row in the channel; free_stock leaves out what other checkouts have reserved;
--   may_wait is 0 where the shop looks for stock by shipping zones and the virtual warehouse is
--   in none of them.
-- Cost: each variant by its key, and its stock rows that serve the place; one statement for all
--   of them.
WITH reach AS MATERIALIZED (
    SELECT %(collection_point_id)s::uuid IS NOT NULL
        OR NOT saleor_backorders_zones_matter()
        OR EXISTS (
            SELECT 1
            FROM saleor_backorders_virtualwarehouse AS virtual
            JOIN warehouse_warehouse_shipping_zones AS link
                ON link.warehouse_id = virtual.warehouse_id
            JOIN shipping_shippingzone_channels AS sold
                ON sold.shippingzone_id = link.shippingzone_id
                AND sold.channel_id = virtual.channel_id
            JOIN shipping_shippingzone AS zone ON zone.id = link.shippingzone_id
            WHERE virtual.channel_id = %(channel_id)s
                AND %(country)s::text = ANY (string_to_array(zone.countries, ','))
        ) AS is_served
)
SELECT
    variant.id AS variant_id,
    product.name AS product_name,
    variant.name AS variant_name,
    variant.track_inventory AS is_tracked,
    variant.is_preorder
        AND (variant.preorder_end_date IS NULL OR variant.preorder_end_date >= %(now)s)
        AS is_preorder,
    channel.is_active
        AND coalesce(priced.price_amount IS NOT NULL, false)
        AND coalesce(listing.is_published, false)
        AND coalesce(listing.published_at <= %(now)s, true)
        AND coalesce(listing.available_for_purchase_at <= %(now)s, false)
        AS is_sold,
    policy.allow,
    policy.limit_units,
    coalesce(policy.discount_percent, 0) AS discount_percent,
    saleor_backorders_add_days(
        %(today)s::date,
        coalesce(policy.lead_time_days, 0) + rule.safety_days,
        rule.working_days
    ) AS lead_on,
    room.free_stock,
    CASE WHEN reach.is_served THEN room.may_wait ELSE 0 END AS may_wait
FROM channel_channel AS channel
CROSS JOIN reach
CROSS JOIN LATERAL saleor_backorders_rule(channel.id) AS rule
JOIN product_productvariant AS variant ON variant.id = ANY(%(variant_ids)s)
JOIN product_product AS product ON product.id = variant.product_id
LEFT JOIN product_productvariantchannellisting AS priced
    ON priced.variant_id = variant.id AND priced.channel_id = channel.id
LEFT JOIN product_productchannellisting AS listing
    ON listing.product_id = variant.product_id AND listing.channel_id = channel.id
LEFT JOIN saleor_backorders_virtualstock AS policy
    ON policy.variant_id = variant.id AND policy.channel_id = channel.id
CROSS JOIN LATERAL saleor_backorders_room(
    variant.id,
    channel.id,
    %(country)s::text,
    %(collection_point_id)s::uuid,
    %(checkout_id)s::text
) AS room
WHERE channel.id = %(channel_id)s
