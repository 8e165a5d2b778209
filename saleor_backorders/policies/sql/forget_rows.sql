-- Purpose: drop the policies of virtual rows that are gone, as when staff deleted them; what is
--   still allowed gets a new row. Nothing that units wait on is forgotten.
-- Parameters: variants (ids, null for all).
-- Locks: the policies' rows.
-- Rows: none.
-- Cost: the virtual rows of the variants, or one pass over all.
DELETE FROM saleor_backorders_virtualstock v
 WHERE (%(variants)s::integer[] IS NULL OR v.variant_id = ANY (%(variants)s))
   AND v.waiting_units = 0
   AND NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = v.stock_id)
