-- Purpose: find limits that are nearly reached: of so much that may wait, so much does.
-- Parameters: channels, percents (arrays of equal length: what counts as nearly); no_limit;
--   variants (ids, null for all).
-- Locks: none.
-- Rows: variant_id, channel_id, units (that wait), threshold (the limit); the fullest first.
-- Cost: one pass over the virtual rows.
SELECT v.variant_id, v.channel_id, v.waiting_units AS units, v.limit_units AS threshold
  FROM saleor_backorders_virtualstock v
  JOIN unnest(%(channels)s::integer[], %(percents)s::integer[]) AS rule (channel_id, percent)
    ON rule.channel_id = v.channel_id
 WHERE v.allow AND v.limit_units > 0 AND v.limit_units < %(no_limit)s AND v.waiting_units > 0
   AND v.waiting_units::bigint * 100 >= v.limit_units::bigint * rule.percent
   AND (%(variants)s::integer[] IS NULL OR v.variant_id = ANY (%(variants)s))
 ORDER BY v.limit_units - v.waiting_units, v.variant_id, v.channel_id
