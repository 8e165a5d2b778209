-- Purpose: put units on the shelves of a warehouse, as a restock does.
-- Parameters: warehouse_id, variant_ids, units (the same length).
-- Locks: the stock rows, by id, as everybody who writes stock.
-- Rows: variant, stock row and its quantity afterwards.
-- Cost: the stock rows of the variants in one warehouse, by their unique index.
WITH physical_stock AS MATERIALIZED (
    SELECT stock.id, stock.product_variant_id
    FROM warehouse_stock AS stock
    WHERE stock.warehouse_id = %(warehouse_id)s
        AND stock.product_variant_id = ANY(%(variant_ids)s)
    ORDER BY stock.id
    FOR NO KEY UPDATE
)
UPDATE warehouse_stock AS stock
SET quantity = stock.quantity + arrived.units
FROM physical_stock
JOIN unnest(%(variant_ids)s::integer [], %(units)s::integer []) AS arrived (variant_id, units)
    ON arrived.variant_id = physical_stock.product_variant_id
WHERE stock.id = physical_stock.id
RETURNING stock.product_variant_id, stock.id, stock.quantity
