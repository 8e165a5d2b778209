-- Purpose: tell whether a checkout has a voucher code of ours.
-- Parameters: checkout_id.
-- Locks: none.
-- Rows: one where it has.
-- Cost: one checkout and one code, each by its key.
SELECT f.id
  FROM checkout_checkout c
  JOIN saleor_backorders_offer f ON f.code = c.voucher_code
 WHERE c.token = %(checkout_id)s
