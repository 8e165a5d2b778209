-- Purpose: write resolved policies into the virtual stock rows; make the rows that are missing,
--   with ids of our own sequence, so that they sort after every shelf. A row that the virtual
--   warehouse holds already is adopted, never doubled.
-- Parameters: arrays of equal length: variants, channels, admits, limits (units), lead_times,
--   discounts, priorities, untils, low_stocks.
-- Locks: the caller holds the variants' queue locks; the policies' rows. It changes no stock
--   row that is there: fill_virtual_rows does, without waiting for one.
-- Rows: variant_id of each row that no policy knew before.
-- Cost: grows with the pairs that are given; each row by its key.
WITH wanted AS (
    SELECT w.variant_id, w.channel_id, w.admits,
           CASE WHEN w.admits THEN w.limit_units ELSE 0 END AS limit_units,
           w.lead_time_days, w.discount_percent, w.priority, w.until, w.low_stock,
           vw.warehouse_id
      FROM unnest(%(variants)s::integer[], %(channels)s::integer[], %(admits)s::boolean[],
                  %(limits)s::integer[], %(lead_times)s::integer[], %(discounts)s::integer[],
                  %(priorities)s::integer[], %(untils)s::date[], %(low_stocks)s::integer[])
           AS w (variant_id, channel_id, admits, limit_units, lead_time_days,
                 discount_percent, priority, until, low_stock)
      JOIN saleor_backorders_virtualwarehouse vw ON vw.channel_id = w.channel_id
),
made AS (
    INSERT INTO warehouse_stock
           (id, warehouse_id, product_variant_id, quantity, quantity_allocated)
    SELECT nextval('saleor_backorders_virtual_stock_id'), w.warehouse_id, w.variant_id,
           w.limit_units, 0
      FROM wanted w
     WHERE NOT EXISTS (SELECT 1 FROM warehouse_stock s
                        WHERE s.warehouse_id = w.warehouse_id
                          AND s.product_variant_id = w.variant_id)
    ON CONFLICT (warehouse_id, product_variant_id) DO NOTHING
    RETURNING id, warehouse_id, product_variant_id
),
row_of AS (
    SELECT made.id, made.warehouse_id, made.product_variant_id FROM made
    UNION ALL
    SELECT s.id, s.warehouse_id, s.product_variant_id
      FROM warehouse_stock s
      JOIN wanted w ON w.warehouse_id = s.warehouse_id AND w.variant_id = s.product_variant_id
     -- A row below belongs to somebody else until move_low_rows gave it an id of ours.
     WHERE s.id >= 1000000000
),
kept AS (
    INSERT INTO saleor_backorders_virtualstock AS v
           (stock_id, variant_id, channel_id, allow, limit_units, lead_time_days,
            discount_percent, priority, until, low_stock, waiting_units)
    SELECT row_of.id, w.variant_id, w.channel_id, w.admits, w.limit_units, w.lead_time_days,
           w.discount_percent, w.priority, w.until, w.low_stock, 0
      FROM wanted w
      JOIN row_of ON row_of.warehouse_id = w.warehouse_id
                 AND row_of.product_variant_id = w.variant_id
    ON CONFLICT (variant_id, channel_id) DO UPDATE
       SET stock_id = excluded.stock_id, allow = excluded.allow,
           limit_units = excluded.limit_units, lead_time_days = excluded.lead_time_days,
           discount_percent = excluded.discount_percent, priority = excluded.priority,
           until = excluded.until, low_stock = excluded.low_stock
    RETURNING v.variant_id, v.stock_id
)
SELECT kept.variant_id
  FROM kept
 WHERE NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualstock had
                    WHERE had.stock_id = kept.stock_id)
 ORDER BY kept.variant_id
