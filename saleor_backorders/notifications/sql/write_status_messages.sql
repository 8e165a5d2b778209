-- Purpose: write to the customers of orders of which something still waits and who heard
--   nothing of them for a while.
-- Parameters: channels, days (arrays of equal length: who hears of it after how many days);
--   now, today.
-- Locks: none but of the new rows; the caller holds the reminder's lock, so that no two runs
--   find the same order.
-- Rows: id of each message.
-- Cost: grows with the backorders that have waited for so many days.
WITH rule AS MATERIALIZED (
    SELECT r.channel_id, %(now)s::timestamptz - make_interval(days => r.days) AS since
      FROM unnest(%(channels)s::integer[], %(days)s::integer[]) AS r (channel_id, days)
),
silent AS (
    SELECT b.order_id, b.channel_id, array_agg(b.id ORDER BY b.id) AS backorder_ids
      FROM saleor_backorders_backorder b
      JOIN rule ON rule.channel_id = b.channel_id
     WHERE b.waiting > 0 AND b.placed_at <= rule.since
       AND NOT EXISTS (
           SELECT 1 FROM saleor_backorders_message m
            WHERE m.order_id = b.order_id AND m.kind <> 'refund_failed'
              AND (m.state IN ('pending', 'claimed', 'handing_over')
                   OR (m.state IN ('sent', 'unknown') AND m.settled_at > rule.since)
                   -- One that was not sent, since nobody wants it, is not written anew each day.
                   OR (m.kind = 'status' AND m.created_at > rule.since)))
       AND EXISTS (SELECT 1 FROM order_order o
                    WHERE o.id = b.order_id AND o.status NOT IN ('canceled', 'expired'))
     GROUP BY b.order_id, b.channel_id
)
INSERT INTO saleor_backorders_message
       (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
SELECT 'status', format('status:%%s:%%s', order_id, to_char(%(today)s::date, 'YYYYMMDD')),
       channel_id, order_id, backorder_ids, now(), now(), pg_current_xact_id()::text::bigint
  FROM silent
 ORDER BY order_id
    ON CONFLICT (key) DO NOTHING
RETURNING id
