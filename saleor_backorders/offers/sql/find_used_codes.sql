-- Purpose: find the orders that used a voucher code of ours and were not noted yet: what no
--   hook told.
-- Parameters: since (older orders are not looked at).
-- Locks: none.
-- Rows: code, order, and when it was placed.
-- Cost: grows with the orders since then.
SELECT f.code, o.id AS order_id, o.created_at
  FROM order_order o
  JOIN saleor_backorders_offer f ON f.code = o.voucher_code
 WHERE o.created_at >= %(since)s AND o.voucher_code IS NOT NULL AND o.status <> 'draft'
   AND f.used_order_id IS NULL AND f.withdrawn_at IS NULL
 ORDER BY f.id
