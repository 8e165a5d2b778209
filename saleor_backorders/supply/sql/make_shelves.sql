-- Purpose: make the stock rows of a warehouse that are not there yet, empty.
-- Parameters: warehouse_id, variant_ids.
-- Locks: none but of the new rows.
-- Rows: none.
-- Cost: the variants by their key.
INSERT INTO warehouse_stock (warehouse_id, product_variant_id, quantity, quantity_allocated)
SELECT %(warehouse_id)s, variant.id, 0, 0
FROM product_productvariant AS variant
WHERE variant.id = ANY(%(variant_ids)s)
ORDER BY variant.id
ON CONFLICT (warehouse_id, product_variant_id) DO NOTHING
