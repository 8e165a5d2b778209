-- Purpose: tell what is on its way and free for somebody who would order now, in the order of
--   its dates: behind those of at least the priority that the variant's policy gives, before
--   the others.
-- Parameters: variant_ids, channel_id, country, collection_point_id.
-- Locks: none.
-- Rows: one a variant and shipment line that reaches the place. Where nothing of it is free,
--   too: no lead time ends before the last of them.
-- Cost: the lines that are still to come of those variants, by index, and who of lower priority
--   they are promised to.
WITH coming AS MATERIALIZED (
    SELECT
        line.id,
        line.variant_id,
        line.to_come - line.promised AS units,
        shipment.expected_on
    FROM saleor_backorders_incomingshipmentline AS line
    JOIN saleor_backorders_incomingshipment AS shipment ON shipment.id = line.shipment_id
    WHERE line.variant_id = ANY(%(variant_ids)s)
        AND line.to_come > 0
        AND shipment.status IN ('expected', 'partially_received')
        AND shipment.warehouse_id IN (
            SELECT saleor_backorders_reach(
                %(channel_id)s, %(country)s::text, %(collection_point_id)s::uuid
            )
        )
),
-- Asked once for each day, however many variants come on it.
believed AS MATERIALIZED (
    SELECT expected_on, saleor_backorders_believed_on(expected_on) AS day
    FROM (SELECT DISTINCT expected_on FROM coming) AS days
)
SELECT
    coming.variant_id,
    believed.day,
    coming.units + behind.units AS units
FROM coming
JOIN believed ON believed.expected_on = coming.expected_on AND believed.day IS NOT NULL
JOIN saleor_backorders_virtualstock AS policy
    ON policy.variant_id = coming.variant_id AND policy.channel_id = %(channel_id)s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(cover.quantity), 0)::integer AS units
    FROM saleor_backorders_queued_destinations(coming.variant_id) AS queued (destination)
    JOIN saleor_backorders_backorder AS waiter
        ON waiter.variant_id = coming.variant_id
        AND waiter.destination = queued.destination
        AND waiter.priority < policy.priority
        AND waiter.waiting > 0
    JOIN saleor_backorders_supplyassignment AS cover
        ON cover.backorder_id = waiter.id AND cover.line_id = coming.id
) AS behind
ORDER BY coming.variant_id, believed.day, coming.id
