-- Purpose: find stock rows whose id puts them on the wrong side of the virtual range, and a
--   host sequence that would hand out ids of that range.
-- Parameters: none.
-- Locks: none.
-- Rows: rule, variant_id (null where it is about no variant), detail.
-- Cost: the rows of the virtual warehouses, and those above the range by their key.
SELECT 'virtual rows sort after every shelf' AS rule, s.product_variant_id AS variant_id,
       format('stock row %%s of a virtual warehouse has an id below 1000000000', s.id) AS detail
  FROM warehouse_stock s
  JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = s.warehouse_id
 WHERE s.id < 1000000000
UNION ALL
SELECT 'virtual rows sort after every shelf', s.product_variant_id,
       format('stock row %%s of a shelf has an id of the virtual range', s.id)
  FROM warehouse_stock s
 WHERE s.id >= 1000000000
   AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                    WHERE vw.warehouse_id = s.warehouse_id)
UNION ALL
SELECT 'shelves take ids below the virtual range', NULL,
       format('the sequence of warehouse_stock stands at %%s', position.last_value)
  FROM pg_sequences position
 WHERE format('%%I.%%I', position.schemaname, position.sequencename)
       = pg_get_serial_sequence('warehouse_stock', 'id')
   AND position.last_value >= 1000000000
