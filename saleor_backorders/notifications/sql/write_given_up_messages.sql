-- Purpose: write to staff, at most once an hour and channel, of messages that were given up, or
--   of which nobody knows whether they arrived, since they were last told.
-- Parameters: channels; hour (a text, the same for the whole hour).
-- Locks: the channel's alert, whose "since" is how far staff were told. Of two runs at once
--   only one writes the hour's message.
-- Rows: id of each message.
-- Cost: the messages that were given up or are unknown, by an index that holds no others.
WITH lost AS MATERIALIZED (
    SELECT m.id, m.channel_id, m.settled_at
      FROM saleor_backorders_message m
      LEFT JOIN saleor_backorders_alert told
        ON told.kind = 'given_up' AND told.channel_id = m.channel_id AND told.variant_id = 0
     WHERE m.state IN ('given_up', 'unknown') AND m.kind <> 'given_up'
       AND m.channel_id = ANY (%(channels)s::integer[])
       AND (told.since IS NULL OR m.settled_at > told.since)
),
email AS (
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, about_ids, due_at, created_at, transaction_id)
    SELECT 'given_up', format('given_up:%%s:%%s', channel_id, %(hour)s::text), channel_id,
           array_agg(id ORDER BY id), now(), now(), pg_current_xact_id()::text::bigint
      FROM lost
     GROUP BY channel_id
     ORDER BY channel_id
        ON CONFLICT (key) DO NOTHING
    RETURNING id, channel_id
)
INSERT INTO saleor_backorders_alert (kind, channel_id, variant_id, message_id, since)
SELECT 'given_up', email.channel_id, 0, email.id,
       (SELECT max(settled_at) FROM lost WHERE lost.channel_id = email.channel_id)
  FROM email
    ON CONFLICT (kind, channel_id, variant_id) DO UPDATE
   SET message_id = excluded.message_id, since = excluded.since
RETURNING message_id
