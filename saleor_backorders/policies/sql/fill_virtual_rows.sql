-- Purpose: give virtual rows the quantity that their policy asks for: the limit, or what waits
--   where that is more. Nobody's place in the queue changes by it, so the engine need not look.
-- Parameters: variants (ids whose policies changed), fresh (of these, the ones with new rows).
-- Locks: the caller holds the variants' queue locks and has told the triggers to keep quiet;
--   the virtual rows in ascending order, passing over those that somebody else holds: that
--   transaction may itself wait for a queue lock.
-- Rows: variant_id of each variant that the engine has to see: a row was locked, or more was
--   allocated before there was a virtual row than there is.
-- Cost: the virtual rows of the variants, and the allocations of those that are new.
WITH wanted AS (
    SELECT s.id, v.variant_id,
           saleor_backorders_virtual_quantity(v.limit_units, v.until, v.waiting_units) AS quantity
      FROM saleor_backorders_virtualstock v
      JOIN warehouse_stock s ON s.id = v.stock_id
     WHERE v.variant_id = ANY (%(variants)s::integer[])
       AND s.quantity <> saleor_backorders_virtual_quantity(
                             v.limit_units, v.until, v.waiting_units)
),
reachable AS MATERIALIZED (
    SELECT s.id FROM warehouse_stock s
     WHERE s.id IN (SELECT id FROM wanted)
     ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED
),
settled AS (
    UPDATE warehouse_stock s SET quantity = wanted.quantity
      FROM wanted JOIN reachable ON reachable.id = wanted.id
     WHERE s.id = wanted.id
),
overdrawn AS (
    SELECT s.product_variant_id AS variant_id
      FROM warehouse_stock s
      JOIN warehouse_allocation a ON a.stock_id = s.id
      LEFT JOIN saleor_backorders_virtualstock v ON v.stock_id = s.id
     WHERE s.product_variant_id = ANY (%(fresh)s::integer[])
     GROUP BY s.id, s.product_variant_id, s.quantity, v.waiting_units
    HAVING sum(a.quantity_allocated) > coalesce(v.waiting_units, greatest(s.quantity, 0))
)
SELECT variant_id FROM wanted WHERE id NOT IN (SELECT id FROM reachable)
UNION
SELECT variant_id FROM overdrawn
 ORDER BY variant_id
