-- Purpose: forget what was settled long ago, a batch at a time.
-- Parameters: before; most.
-- Locks: the rows, with SKIP LOCKED.
-- Rows: id of each message that is gone.
-- Cost: only the oldest messages are looked at, so it is the same however many there are.
WITH oldest AS MATERIALIZED (
    SELECT id, settled_at FROM saleor_backorders_message ORDER BY id LIMIT %(most)s
),
settled AS MATERIALIZED (
    SELECT m.id
      FROM saleor_backorders_message m
      JOIN oldest ON oldest.id = m.id
     WHERE oldest.settled_at < %(before)s AND m.settled_at < %(before)s
       FOR UPDATE OF m SKIP LOCKED
)
DELETE FROM saleor_backorders_message m USING settled WHERE m.id = settled.id
RETURNING m.id
