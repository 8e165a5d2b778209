-- Purpose: know again the rows of virtual warehouses that no policy knows, admitting nobody
--   until they are resolved.
-- Parameters: none.
-- Locks: none but of the new rows.
-- Rows: variant_id of each row that is known again.
-- Cost: the stock rows of the virtual range, by their key.
INSERT INTO saleor_backorders_virtualstock
       (stock_id, variant_id, channel_id, allow, limit_units, lead_time_days,
        discount_percent, priority, waiting_units)
SELECT s.id, s.product_variant_id, vw.channel_id, false, 0, 0, 0, 0, 0
  FROM warehouse_stock s
  JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = s.warehouse_id
 WHERE s.id >= 1000000000
    ON CONFLICT (variant_id, channel_id) DO NOTHING
RETURNING variant_id
