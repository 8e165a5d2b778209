-- Purpose: find the orders of which units were lately given up.
-- Parameters: newest (how many of the newest movements are looked at), since.
-- Locks: none.
-- Rows: the orders' ids, each once.
-- Cost: the newest movements by their numbers, whatever the number of all.
SELECT DISTINCT b.order_id
  FROM saleor_backorders_movement m
  JOIN saleor_backorders_backorder b ON b.id = m.backorder_id
 WHERE m.id > (SELECT coalesce(max(id), 0) FROM saleor_backorders_movement) - %(newest)s
   AND m.kind = 'cancelled' AND m.created_at >= %(since)s
