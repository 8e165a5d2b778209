-- Purpose: find open offers of orders that wait for nothing any more because all of it was
--   given up: nothing of them waits, was allocated or was shipped.
-- Parameters: order_ids (null for all orders).
-- Locks: none.
-- Rows: id and code of each such offer.
-- Cost: the open vouchers, by index, and the backorders of their orders.
SELECT f.id, f.code
  FROM saleor_backorders_offer f
 WHERE f.used_at IS NULL AND f.withdrawn_at IS NULL
   AND (%(order_ids)s::uuid[] IS NULL OR f.order_id = ANY (%(order_ids)s::uuid[]))
   AND (SELECT sum(b.waiting + b.allocated + b.fulfilled)
          FROM saleor_backorders_backorder b WHERE b.order_id = f.order_id) = 0
 ORDER BY f.id
