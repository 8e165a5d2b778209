-- Purpose: let go every unit that waits, so that the plugin can be removed: the orders keep their
--   lines, as when Saleor deletes a warehouse, but nothing is held for them any more.
-- Parameters: none.
-- Locks: the ledger's waiting rows and their allocations.
-- Rows: order number, sku, product name and units of each line that waited.
WITH released AS (
    DELETE FROM warehouse_allocation a USING saleor_backorders_virtualstock v
     WHERE a.stock_id = v.stock_id
),
closed AS (
    UPDATE saleor_backorders_backorder b
       SET cancelled = b.cancelled + b.waiting, waiting = 0, updated_at = now()
      FROM saleor_backorders_backorder was
     WHERE was.id = b.id AND b.waiting > 0
    RETURNING b.order_number, b.sku, b.product_name, was.waiting AS units
),
counted AS (
    UPDATE saleor_backorders_virtualstock SET waiting_units = 0 WHERE waiting_units <> 0
)
SELECT order_number, sku, product_name, units FROM closed ORDER BY order_number, product_name
