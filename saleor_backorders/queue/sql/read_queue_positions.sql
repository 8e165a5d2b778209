-- Purpose: tell the place of backorders among those who wait for the same variant in the same
--   channel.
-- Parameters: backorder_ids.
-- Locks: none.
-- Rows: one for each of them that still waits.
-- Cost: each queue is read once, however many of its members were asked for, and no further
--   than the last of them.
WITH asked AS MATERIALIZED (
    SELECT id, variant_id, channel_id, priority, placed_at
    FROM saleor_backorders_backorder
    WHERE id = ANY(%(backorder_ids)s) AND waiting > 0
),
last_asked AS (
    SELECT DISTINCT ON (variant_id, channel_id) *
    FROM asked
    ORDER BY variant_id, channel_id, priority, placed_at DESC, id DESC
),
queued AS (
    SELECT
        waiter.id,
        row_number() OVER (
            PARTITION BY waiter.variant_id, waiter.channel_id
            ORDER BY waiter.priority DESC, waiter.placed_at, waiter.id
        ) AS place
    FROM last_asked AS until
    JOIN saleor_backorders_backorder AS waiter
        ON waiter.variant_id = until.variant_id
        AND waiter.channel_id = until.channel_id
        AND waiter.waiting > 0
        AND (-waiter.priority, waiter.placed_at, waiter.id)
            <= (-until.priority, until.placed_at, until.id)
)
SELECT queued.id AS backorder_id, queued.place AS position
FROM queued
JOIN asked ON asked.id = queued.id
