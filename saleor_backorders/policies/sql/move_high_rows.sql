-- Purpose: give shelves' rows that took ids of the virtual range, after the host's sequence was
--   reset to its highest id, an id of the host's again; what points at them follows.
-- Parameters: none; reset_host_sequence has run before in the same transaction.
-- Locks: the rows that move and what points at them; the foreign keys are checked at COMMIT.
-- Rows: variant_id, the old id, the new id.
-- Cost: the rows that move, by their key, and what points at them.
WITH moved AS MATERIALIZED (
    SELECT s.id AS old_id, s.product_variant_id AS variant_id,
           nextval(pg_get_serial_sequence('warehouse_stock', 'id'))::integer AS new_id
      FROM warehouse_stock s
     WHERE s.id >= 1000000000
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                        WHERE vw.warehouse_id = s.warehouse_id)
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
