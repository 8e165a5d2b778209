-- Purpose: let go every unit that waits, so that the plugin can be removed: the orders keep
--   their lines, as when Saleor deletes a warehouse, but nothing is held for them any more.
-- Parameters: none.
-- Locks: the caller holds ACCESS EXCLUSIVE on the stock and allocation tables; the ledger's
--   waiting rows.
-- Rows: order number, sku, product name and units of each line that waited.
-- Cost: grows with what waits; done once, when the plugin goes.
WITH waited AS MATERIALIZED (
    SELECT b.id, b.variant_id, b.order_number, b.sku, b.product_name, b.waiting AS units
      FROM saleor_backorders_backorder b
     WHERE b.waiting > 0
     ORDER BY b.id FOR UPDATE
),
released AS (
    DELETE FROM warehouse_allocation a USING saleor_backorders_virtualstock v
     WHERE a.stock_id = v.stock_id
),
closed AS (
    UPDATE saleor_backorders_backorder b
       SET cancelled = b.cancelled + waited.units, waiting = 0, cancelled_at = now(),
           updated_at = now()
      FROM waited
     WHERE b.id = waited.id
),
told AS (
    INSERT INTO saleor_backorders_movement
           (backorder_id, variant_id, kind, quantity, cause, created_at, transaction_id)
    SELECT id, variant_id, 'cancelled', units, 'uninstall', now(),
           pg_current_xact_id()::text::bigint
      FROM waited
),
counted AS (
    UPDATE saleor_backorders_virtualstock SET waiting_units = 0 WHERE waiting_units <> 0
),
settled AS (
    UPDATE warehouse_stock s
       SET quantity = saleor_backorders_virtual_quantity(v.limit_units, v.until, 0)
      FROM saleor_backorders_virtualstock v
     WHERE v.stock_id = s.id AND v.waiting_units > 0
)
SELECT order_number, sku, product_name, units FROM waited ORDER BY order_number, product_name
