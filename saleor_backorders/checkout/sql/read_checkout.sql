-- Purpose: read the lines of a checkout, with where it would be sent.
-- Parameters: checkout_id.
-- Locks: none.
-- Rows: one a line, oldest first; a single row with null line columns where there is no line;
--   none where there is no such checkout.
-- Cost: the lines of one checkout, by index.
SELECT
    checkout.token AS checkout_id,
    channel.slug AS channel,
    coalesce(
        nullif(shipping.country, ''), nullif(billing.country, ''), checkout.country
    ) AS country,
    checkout.collection_point_id,
    line.id AS line_id,
    line.variant_id,
    line.quantity
FROM checkout_checkout AS checkout
JOIN channel_channel AS channel ON channel.id = checkout.channel_id
LEFT JOIN account_address AS shipping ON shipping.id = checkout.shipping_address_id
LEFT JOIN account_address AS billing
    ON billing.id = checkout.billing_address_id AND checkout.shipping_address_id IS NULL
LEFT JOIN checkout_checkoutline AS line ON line.checkout_id = checkout.token
WHERE checkout.token = %(checkout_id)s
ORDER BY line.created_at, line.id
