-- The place of backorders among those who wait for the same variant in the same channel.
-- Parameters: backorder_ids.
-- Locks: none.
-- Rows: one for each of them that still waits.  Each queue is read once, however many of its
-- members were asked for.
WITH asked AS MATERIALIZED (
    SELECT id, variant_id, channel_id
    FROM saleor_backorders_backorder
    WHERE id = ANY(%(backorder_ids)s) AND waiting > 0
),
queued AS (
    SELECT
        waiter.id,
        row_number() OVER (
            PARTITION BY waiter.variant_id, waiter.channel_id
            ORDER BY waiter.priority DESC, waiter.placed_at, waiter.id
        ) AS place
    FROM saleor_backorders_backorder AS waiter
    WHERE
        waiter.waiting > 0
        AND waiter.variant_id IN (SELECT variant_id FROM asked)
        AND (waiter.variant_id, waiter.channel_id) IN (SELECT variant_id, channel_id FROM asked)
)
SELECT queued.id AS backorder_id, queued.place AS position
FROM queued
JOIN asked ON asked.id = queued.id
