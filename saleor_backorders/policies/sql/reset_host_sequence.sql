-- Purpose: let the host's sequence go on after its highest id below the virtual range, and ours
--   on after the highest within it, never back.
-- Parameters: none.
-- Locks: SHARE ROW EXCLUSIVE on warehouse_stock is held by the caller.
-- Rows: the two positions.
-- Cost: one pass over warehouse_stock.
SELECT setval(pg_get_serial_sequence('warehouse_stock', 'id'),
              greatest(coalesce(max(id) FILTER (WHERE id < 1000000000), 1), 1)),
       setval('saleor_backorders_virtual_stock_id',
              greatest(max(id) FILTER (WHERE id >= 1000000000),
                       (SELECT last_value FROM saleor_backorders_virtual_stock_id)))
  FROM warehouse_stock
