-- Purpose: ask the customers of orders of which all has left how the wait was, once; not of
--   those that were done long ago, as when the plugin is updated.
-- Parameters: channels, days (arrays of equal length: who is asked after how many days); window
--   (for how many days after that); now.
-- Locks: none but of the new rows; the caller holds the reminder's lock.
-- Rows: id of each message.
-- Cost: the backorders that were done in the window, by index, and their orders.
WITH rule AS MATERIALIZED (
    SELECT r.channel_id, %(now)s::timestamptz - make_interval(days => r.days) AS until,
           %(now)s::timestamptz - make_interval(days => r.days + %(window)s::integer) AS since
      FROM unnest(%(channels)s::integer[], %(days)s::integer[]) AS r (channel_id, days)
),
left_then AS MATERIALIZED (
    SELECT DISTINCT b.order_id, b.channel_id
      FROM saleor_backorders_backorder b
      JOIN rule ON rule.channel_id = b.channel_id
     WHERE b.fulfilled_at >= (SELECT min(since) FROM rule)
       AND b.fulfilled_at <= (SELECT max(until) FROM rule)
       AND b.fulfilled_at BETWEEN rule.since AND rule.until
),
unasked AS MATERIALIZED (
    SELECT l.order_id, l.channel_id
      FROM left_then l
     WHERE NOT EXISTS (SELECT 1 FROM saleor_backorders_message m
                        WHERE m.key = format('rate:%%s', l.order_id))
       AND EXISTS (SELECT 1 FROM order_order o
                    WHERE o.id = l.order_id AND o.status NOT IN ('canceled', 'expired'))
),
done AS (
    SELECT u.order_id, u.channel_id, array_agg(b.id ORDER BY b.id) AS backorder_ids
      FROM unasked u
      JOIN rule ON rule.channel_id = u.channel_id
      JOIN saleor_backorders_backorder b ON b.order_id = u.order_id
      LEFT JOIN saleor_backorders_rating said ON said.backorder_id = b.id
     GROUP BY u.order_id, u.channel_id, rule.until
    HAVING bool_and(b.waiting = 0 AND b.allocated = 0)
       AND bool_or(b.fulfilled > 0 AND said.backorder_id IS NULL)
       AND max(b.fulfilled_at) <= rule.until
)
INSERT INTO saleor_backorders_message
       (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
SELECT 'rate', format('rate:%%s', order_id), channel_id, order_id, backorder_ids, now(), now(),
       pg_current_xact_id()::text::bigint
  FROM done
 ORDER BY order_id
    ON CONFLICT (key) DO NOTHING
RETURNING id
