-- Purpose: let the host's sequence go on after its highest id below the virtual range, and ours
--   after the highest within it.
-- Parameters: none.
-- Locks: SHARE ROW EXCLUSIVE on warehouse_stock is held by the caller.
-- Rows: the two positions.
SELECT setval(pg_get_serial_sequence('warehouse_stock', 'id'),
              greatest(coalesce(max(id) FILTER (WHERE id < 1000000000), 1), 1)),
       setval('saleor_backorders_virtual_stock_id',
              greatest(coalesce(max(id) FILTER (WHERE id >= 1000000000), 1000000000), 1000000000))
  FROM warehouse_stock
