-- Purpose: drop policies whose virtual row is gone with its variant, and know again the rows of
--   virtual warehouses that no policy knows, admitting nobody until they are resolved.
-- Parameters: none.
-- Locks: the rows concerned.
-- Rows: variant_id of each row that is known again.
WITH gone AS (
    DELETE FROM saleor_backorders_virtualstock v
     WHERE NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = v.stock_id)
       AND NOT EXISTS (SELECT 1 FROM product_productvariant p WHERE p.id = v.variant_id)
)
INSERT INTO saleor_backorders_virtualstock
       (stock_id, variant_id, channel_id, allow, limit_units, lead_time_days,
        discount_percent, priority, waiting_units)
SELECT s.id, s.product_variant_id, vw.channel_id, false, 0, 0, 0, 0, 0
  FROM warehouse_stock s
  JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = s.warehouse_id
 WHERE s.id >= 1000000000
    ON CONFLICT (variant_id, channel_id) DO NOTHING
RETURNING variant_id
