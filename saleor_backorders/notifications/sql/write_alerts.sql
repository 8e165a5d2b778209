-- Purpose: keep what staff were told in step with what is so: forget what is over, and write
--   one message a channel about what is new.
-- Parameters: kind; channels, variants (arrays of equal length: what is so now).
-- Locks: the alerts that go; of two runs at once only one inserts an alert, and writes of it.
-- Rows: id of each message.
-- Cost: grows with what is so now and with the alerts of the kind.
WITH so_now AS MATERIALIZED (
    SELECT n.channel_id, n.variant_id
      FROM unnest(%(channels)s::integer[], %(variants)s::integer[]) AS n (channel_id, variant_id)
),
over AS (
    DELETE FROM saleor_backorders_alert a
     WHERE a.kind = %(kind)s
       AND (NOT EXISTS (SELECT 1 FROM so_now n
                         WHERE n.channel_id = a.channel_id AND n.variant_id = a.variant_id)
            -- It was over when the message was to be sent, and is so again: nobody was told.
            OR EXISTS (SELECT 1 FROM saleor_backorders_message m
                        WHERE m.id = a.message_id AND m.state = 'skipped'))
),
news AS MATERIALIZED (
    SELECT n.channel_id, n.variant_id
      FROM so_now n
     WHERE NOT EXISTS (SELECT 1 FROM saleor_backorders_alert a
                        WHERE a.kind = %(kind)s AND a.channel_id = n.channel_id
                          AND a.variant_id = n.variant_id)
),
email AS MATERIALIZED (
    SELECT c.channel_id, nextval(pg_get_serial_sequence('saleor_backorders_message', 'id')) AS id
      FROM (SELECT DISTINCT channel_id FROM news) c
),
told AS (
    INSERT INTO saleor_backorders_alert (kind, channel_id, variant_id, message_id, since)
    SELECT %(kind)s, news.channel_id, news.variant_id, email.id, now()
      FROM news JOIN email ON email.channel_id = news.channel_id
     ORDER BY news.channel_id, news.variant_id
        ON CONFLICT (kind, channel_id, variant_id) DO NOTHING
    RETURNING channel_id, message_id
)
INSERT INTO saleor_backorders_message
       (id, kind, key, channel_id, due_at, created_at, transaction_id)
SELECT DISTINCT message_id, %(kind)s, concat_ws(':', %(kind)s::text, channel_id, message_id),
       channel_id, now(), now(), pg_current_xact_id()::text::bigint
  FROM told
RETURNING id
