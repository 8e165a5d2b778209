-- Purpose: give rows of virtual warehouses that came in by another door (the Dashboard, an
--   import) an id of ours, so that they sort after every shelf; allocations, reservations and
--   fulfilment lines follow.
-- Parameters: variants (ids, null for all).
-- Locks: the rows that move and what points at them; the foreign keys are checked at COMMIT.
-- Rows: variant_id, the old id, the new id.
-- Cost: the rows of the virtual warehouses, and what points at those that move.
WITH moved AS MATERIALIZED (
    SELECT s.id AS old_id, s.product_variant_id AS variant_id,
           nextval('saleor_backorders_virtual_stock_id')::integer AS new_id
      FROM warehouse_stock s
      JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = s.warehouse_id
     WHERE s.id < 1000000000
       AND (%(variants)s::integer[] IS NULL OR s.product_variant_id = ANY (%(variants)s))
),
stock AS (
    UPDATE warehouse_stock s SET id = moved.new_id FROM moved WHERE s.id = moved.old_id
),
allocation AS (
    UPDATE warehouse_allocation a SET stock_id = moved.new_id
      FROM moved WHERE a.stock_id = moved.old_id
),
reservation AS (
    UPDATE warehouse_reservation r SET stock_id = moved.new_id
      FROM moved WHERE r.stock_id = moved.old_id
),
fulfilment AS (
    UPDATE order_fulfillmentline f SET stock_id = moved.new_id
      FROM moved WHERE f.stock_id = moved.old_id
)
SELECT variant_id, old_id, new_id FROM moved ORDER BY new_id
