-- Purpose: keep what a customer says of a wait; a later word replaces the first one for a
--   while.
-- Parameters: backorder_id, score, comment, now, changeable_since (what was first said before
--   it stays).
-- Locks: the backorder's rating.
-- Rows: the backorder's id where it was kept; none where nothing of it was sent, or where it is
--   too late.
-- Cost: one row by its key.
INSERT INTO saleor_backorders_rating AS r (backorder_id, score, comment, created_at)
SELECT b.id, %(score)s, %(comment)s, %(now)s
  FROM saleor_backorders_backorder b
 WHERE b.id = %(backorder_id)s AND b.fulfilled > 0
ON CONFLICT (backorder_id) DO UPDATE
   -- When it was first said stays, so that the time to change it ends.
   SET score = excluded.score, comment = excluded.comment
 WHERE r.created_at >= %(changeable_since)s
RETURNING r.backorder_id
