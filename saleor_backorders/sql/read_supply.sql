-- What is on its way and free for somebody who would order now, in the order of its dates.
-- Purpose: the date of the place that a shopper would get: behind those of at least the priority
--   that the variant's policy gives, before the others.
-- Parameters: variant_ids, channel_id, country, collection_point_id.
-- Locks: none.
-- Rows: one a variant and shipment line that reaches the place.  Where nothing of it is free, too:
-- no lead time ends before the last of them.
SELECT
    line.variant_id,
    believed.day,
    line.to_come - line.promised + behind.units AS units
FROM saleor_backorders_incomingshipmentline AS line
JOIN saleor_backorders_incomingshipment AS shipment ON shipment.id = line.shipment_id
CROSS JOIN LATERAL saleor_backorders_believed_on(shipment.expected_on) AS believed (day)
JOIN saleor_backorders_virtualstock AS policy
    ON policy.variant_id = line.variant_id AND policy.channel_id = %(channel_id)s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(cover.quantity), 0)::integer AS units
    FROM saleor_backorders_queued_destinations(line.variant_id) AS queued (destination)
    JOIN saleor_backorders_backorder AS waiter
        ON waiter.variant_id = line.variant_id
        AND waiter.destination = queued.destination
        AND waiter.priority < policy.priority
        AND waiter.waiting > 0
    JOIN saleor_backorders_cover AS cover
        ON cover.backorder_id = waiter.id AND cover.line_id = line.id
) AS behind
WHERE line.variant_id = ANY(%(variant_ids)s)
    AND line.to_come > 0
    AND believed.day IS NOT NULL
    AND shipment.status IN ('expected', 'partially_received')
    AND shipment.warehouse_id IN (
        SELECT saleor_backorders_reach(
            %(channel_id)s, %(country)s::text, %(collection_point_id)s::uuid
        )
    )
ORDER BY line.variant_id, believed.day, line.id
