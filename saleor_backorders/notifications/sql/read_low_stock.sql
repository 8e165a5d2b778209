-- Purpose: find what is low: variants of which no more units are free on the shelves than their
--   policy's threshold; free as for a shopper in the channel's own country (read_availability).
-- Parameters: channels; variants (ids, null for all).
-- Locks: none.
-- Rows: variant_id, channel_id, units (free), threshold; the emptiest first.
-- Cost: one pass over the virtual rows; of those that are watched, the shelves and what is
--   taken from them, each read once.
WITH watched AS MATERIALIZED (
    SELECT v.variant_id, v.channel_id, v.low_stock
      FROM saleor_backorders_virtualstock v
     WHERE v.low_stock > 0 AND v.allow AND v.channel_id = ANY (%(channels)s::integer[])
       AND (%(variants)s::integer[] IS NULL OR v.variant_id = ANY (%(variants)s))
),
reach AS MATERIALIZED (
    SELECT c.id AS channel_id, place.warehouse_id
      FROM channel_channel c
     CROSS JOIN LATERAL saleor_backorders_reach(c.id, c.default_country::text, NULL)
           AS place (warehouse_id)
     WHERE c.id IN (SELECT channel_id FROM watched)
),
physical_stock AS MATERIALIZED (
    SELECT s.id, s.product_variant_id AS variant_id, watched.channel_id, s.quantity
      FROM watched
      JOIN reach ON reach.channel_id = watched.channel_id
      JOIN warehouse_stock s
        ON s.warehouse_id = reach.warehouse_id AND s.product_variant_id = watched.variant_id
),
taken AS MATERIALIZED (
    -- The sum, never the row's own quantity_allocated: that one drifts in Saleor itself.
    SELECT each.stock_id, sum(each.units) AS units
      FROM (SELECT a.stock_id, a.quantity_allocated AS units
              FROM warehouse_allocation a
             WHERE a.stock_id IN (SELECT id FROM physical_stock)
            UNION ALL
            SELECT r.stock_id, r.quantity_reserved
              FROM warehouse_reservation r
              JOIN checkout_checkoutline cl ON cl.id = r.checkout_line_id
             WHERE r.reserved_until > now() AND r.stock_id IN (SELECT id FROM physical_stock)) each
     GROUP BY each.stock_id
),
counted AS (
    SELECT w.variant_id, w.channel_id, w.low_stock,
           coalesce(sum(greatest(physical_stock.quantity - coalesce(taken.units, 0), 0)), 0)
               ::integer
               AS units
      FROM watched w
      LEFT JOIN physical_stock
        ON physical_stock.variant_id = w.variant_id
       AND physical_stock.channel_id = w.channel_id
      LEFT JOIN taken ON taken.stock_id = physical_stock.id
     GROUP BY w.variant_id, w.channel_id, w.low_stock
)
SELECT variant_id, channel_id, units, low_stock AS threshold
  FROM counted
 WHERE units <= low_stock
 ORDER BY units, variant_id, channel_id
