-- Purpose: find the orders that something was lately promised or asked of, and that so may be
--   due an offer. The outbox tells: whatever earns an offer writes a message that its customer
--   waits, or for longer.
-- Parameters: newest (how many of the newest messages are looked at, and how many of those that
--   leave next), since (older news earn nothing any more).
-- Locks: none.
-- Rows: the orders' ids, each once, in their order.
-- Cost: the newest messages and those that leave next, by index, whatever the number of all.
WITH lately AS (
    SELECT order_id, kind, created_at
      FROM saleor_backorders_message
     WHERE id > (SELECT coalesce(max(id), 0) FROM saleor_backorders_message) - %(newest)s
    UNION ALL
    (SELECT order_id, kind, created_at
       FROM saleor_backorders_message
      WHERE state = 'pending'
      ORDER BY due_at, id LIMIT %(newest)s)
)
SELECT DISTINCT order_id
  FROM lately
 WHERE kind IN ('placed', 'delayed') AND created_at >= %(since)s AND order_id IS NOT NULL
 ORDER BY order_id
