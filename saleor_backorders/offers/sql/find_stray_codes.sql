-- Purpose: find offers whose code the shop knows otherwise than we do, for which no order
--   speaks.
-- Parameters: before (what was used later may still become an order).
-- Locks: none.
-- Rows: id, code, and whether it counts as used here. Not used: somebody took the code away in
--   the shop. Used: a checkout took it, and no order came of it.
-- Cost: one pass over the vouchers that were not withdrawn; asked once an hour.
SELECT f.id, f.code, f.used_at IS NOT NULL AS is_used
  FROM saleor_backorders_offer f
  LEFT JOIN discount_vouchercode c ON c.code = f.code
 WHERE f.withdrawn_at IS NULL
   AND CASE WHEN f.used_at IS NULL THEN c.is_active IS NOT TRUE
            ELSE f.used_order_id IS NULL AND f.used_at < %(before)s AND c.id IS NOT NULL END
   AND NOT EXISTS (SELECT FROM order_order o WHERE o.voucher_code = f.code)
 ORDER BY f.id
