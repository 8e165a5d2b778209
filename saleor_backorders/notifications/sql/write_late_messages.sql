-- Purpose: write to staff, once a day and channel, where orders wait beyond the day that was
--   promised or are promised for the next days while no shipment covers them (as
--   read_late_orders tells).
-- Parameters: channels, days (arrays of equal length: how far ahead staff want to hear); today.
-- Locks: none but of the new rows.
-- Rows: id of each message.
-- Cost: nothing more where the day's message is there; else grows with the backorders that
--   wait.
WITH untold AS MATERIALIZED (
    SELECT r.channel_id, format('late:%%s:%%s', r.channel_id, %(today)s::date) AS key,
           %(today)s::date + r.days AS until
      FROM unnest(%(channels)s::integer[], %(days)s::integer[]) AS r (channel_id, days)
     WHERE NOT EXISTS (SELECT 1 FROM saleor_backorders_message m
                        WHERE m.key = format('late:%%s:%%s', r.channel_id, %(today)s::date))
),
concerned AS (
    SELECT DISTINCT untold.channel_id, untold.key
      FROM untold
      JOIN saleor_backorders_backorder b ON b.channel_id = untold.channel_id
     WHERE b.waiting > 0
       AND least(b.promised_on, b.expected_on) <= (SELECT max(until) FROM untold)
       AND least(b.promised_on, b.expected_on) <= untold.until
       AND (least(b.promised_on, b.expected_on) < %(today)s::date
            OR b.waiting > (SELECT coalesce(sum(c.quantity), 0)
                              FROM saleor_backorders_supplyassignment c
                             WHERE c.backorder_id = b.id))
)
INSERT INTO saleor_backorders_message
       (kind, key, channel_id, due_at, created_at, transaction_id)
SELECT 'late', key, channel_id, now(), now(), pg_current_xact_id()::text::bigint
  FROM concerned
 ORDER BY channel_id
    ON CONFLICT (key) DO NOTHING
RETURNING id
