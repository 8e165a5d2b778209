-- Purpose: let the first of those who wait hear of what is free: of each variant and channel as
--   many as units are free and not told of lately. Nobody hears twice of the same units.
-- Parameters: variant_ids, channel_ids, units (each one entry a pair), since, now, most (a
--   pair).
-- Locks: the rows of who is told, with SKIP LOCKED. Run by one at a time: the caller holds a
--   lock of the transaction, taken before this statement, so that it sees whom others told.
-- Rows: id of each sign-up that is told; its message is in the outbox.
-- Cost: grows with the units that are free and with who was told lately, not with who waits.
WITH free AS MATERIALIZED (
    SELECT * FROM unnest(%(variant_ids)s::integer[], %(channel_ids)s::integer[],
                         %(units)s::integer[]) AS f (variant_id, channel_id, units)
), lately AS MATERIALIZED (
    SELECT s.variant_id, s.channel_id, lower(s.email) AS address
      FROM saleor_backorders_backinstocksubscription s
     WHERE s.told_at > %(since)s
), held AS MATERIALIZED (
    SELECT l.variant_id, l.channel_id, count(*)::integer AS units FROM lately l GROUP BY 1, 2
), told_already AS MATERIALIZED (
    -- They signed up again for what they were just told of.
    SELECT s.id
      FROM lately l
      JOIN saleor_backorders_backinstocksubscription s
        ON s.variant_id = l.variant_id AND s.channel_id = l.channel_id
       AND lower(s.email) = l.address AND s.told_at IS NULL
), next AS MATERIALIZED (
    SELECT waiting.id
      FROM free f
      LEFT JOIN held h ON h.variant_id = f.variant_id AND h.channel_id = f.channel_id
      CROSS JOIN LATERAL (
          SELECT s.id
            FROM saleor_backorders_backinstocksubscription s
           WHERE s.variant_id = f.variant_id AND s.channel_id = f.channel_id
             AND s.told_at IS NULL AND s.confirmed_at IS NOT NULL
             AND s.id NOT IN (SELECT t.id FROM told_already t)
           ORDER BY s.confirmed_at, s.id
           LIMIT greatest(least(f.units - coalesce(h.units, 0), %(most)s), 0)
             FOR UPDATE SKIP LOCKED) waiting
), told AS (
    UPDATE saleor_backorders_backinstocksubscription s
       SET told_at = %(now)s
     -- As an array: joined, it would be planned for the most, and read the whole table.
     WHERE s.id = ANY (ARRAY(SELECT n.id FROM next n)) AND s.told_at IS NULL
    RETURNING s.id, s.variant_id, s.channel_id, s.language, s.confirmed_at
), written AS (
    -- Who is told again, since nothing was left when the first message was to leave, has a new key.
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, variant_id, about_ids, language, due_at, created_at,
            transaction_id)
    SELECT 'back_in_stock', concat_ws(':', 'back_in_stock', t.id, pg_current_xact_id()),
           t.channel_id, t.variant_id, ARRAY[t.id], t.language, now(), now(),
           pg_current_xact_id()::text::bigint
      FROM told t
     ORDER BY t.confirmed_at, t.id
)
SELECT id FROM told
