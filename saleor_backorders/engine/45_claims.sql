-- What the transaction itself did to its lines, put right before the queue is served.
-- Purpose: held units stay, new claims step behind the queue, and what lay on a shelf that is gone
--   waits again.
-- Locks: the caller holds the queue's lock; order lines with SKIP LOCKED.
-- Rows: see each function.
-- Cost: follows what the transaction touched.

-- A shelf or a warehouse was deleted: what was allocated there waits again.
-- Locks: order lines with SKIP LOCKED; p_virtuals are the virtual rows that this transaction holds.
-- Rows: whether all of it could be put back; what is left out keeps its touch for the sweep.
CREATE FUNCTION saleor_backorders_rescue(
    p_variant integer, p_virtuals integer[]
) RETURNS boolean
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH lost AS MATERIALIZED (
        SELECT t.order_line_id, v.stock_id,
               least(-t.change, ol.quantity - ol.quantity_fulfilled - held.units)::integer AS units
          FROM (SELECT order_line_id, sum(change) AS change
                  FROM saleor_backorders_allocationchange
                 WHERE variant_id = p_variant
                   AND NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = stock_id)
                 GROUP BY 1 HAVING sum(change) < 0) t
          JOIN order_orderline ol ON ol.id = t.order_line_id
          JOIN order_order o ON o.id = ol.order_id
               AND o.status NOT IN ('canceled', 'expired', 'draft')
          JOIN saleor_backorders_virtualstock v
            ON v.variant_id = p_variant AND v.channel_id = o.channel_id
          JOIN warehouse_stock vs ON vs.id = v.stock_id
          CROSS JOIN LATERAL (SELECT coalesce(sum(a.quantity_allocated), 0) AS units
                                FROM warehouse_allocation a
                               WHERE a.order_line_id = t.order_line_id) held
    ), open_line AS MATERIALIZED (
        SELECT ol.id
          FROM order_orderline ol
         WHERE ol.id IN (SELECT order_line_id FROM lost WHERE units > 0)
           FOR KEY SHARE SKIP LOCKED
    ), rescued AS MATERIALIZED (
        SELECT l.* FROM lost l JOIN open_line ON open_line.id = l.order_line_id
         WHERE l.stock_id = ANY (p_virtuals)
    ), raised AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated + r.units
          FROM rescued r
         WHERE a.order_line_id = r.order_line_id AND a.stock_id = r.stock_id
    ), added AS (
        INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)
        SELECT r.order_line_id, r.stock_id, r.units
          FROM rescued r
         WHERE NOT EXISTS (SELECT 1 FROM warehouse_allocation a
                            WHERE a.order_line_id = r.order_line_id AND a.stock_id = r.stock_id)
    )
    SELECT (SELECT count(*) FROM lost WHERE units > 0) = (SELECT count(*) FROM rescued)
$$;

-- New claims of this transaction go to the end of the queue before it is served: Saleor gives
-- shelves to newcomers without looking at who waits, and more than there is.
CREATE FUNCTION saleor_backorders_newcomers_step_back(
    p_variant integer, p_transaction bigint, p_virtuals integer[]
) RETURNS integer
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    lines uuid[];
    stocks integer[];
    units integer[];
BEGIN
    WITH gained AS (
        SELECT c.order_line_id, c.stock_id, least(c.change, c.gain - c.ahead) AS units
          FROM (SELECT t.order_line_id, t.stock_id, t.change,
                       sum(t.change) OVER (PARTITION BY t.order_line_id) AS gain,
                       coalesce(sum(greatest(t.change, 0)) OVER (
                           PARTITION BY t.order_line_id ORDER BY t.stock_id DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
                  FROM (SELECT order_line_id, stock_id, sum(change) AS change
                          FROM saleor_backorders_allocationchange
                         WHERE transaction_id = p_transaction AND variant_id = p_variant
                         GROUP BY 1, 2) t
                  JOIN saleor_backorders_physical_stocks(p_variant) s ON s.stock_id = t.stock_id) c
         WHERE c.change > 0 AND c.gain > c.ahead
    ), reserved AS (
        SELECT stock_id, -sum(change) AS units
          FROM saleor_backorders_allocationchange
         WHERE transaction_id = p_transaction AND variant_id = p_variant
           AND order_line_id = '00000000-0000-0000-0000-000000000000'
         GROUP BY 1
    ), claims AS (
        -- What a checkout had reserved nobody else could have had: its order keeps that.
        SELECT g.order_line_id, g.stock_id,
               least(g.units, sum(g.units) OVER (
                   PARTITION BY g.stock_id ORDER BY g.order_line_id)
                   - coalesce(r.units, 0)) AS units
          FROM gained g LEFT JOIN reserved r USING (stock_id)
    )
    SELECT array_agg(order_line_id), array_agg(stock_id), array_agg(units::integer)
      INTO lines, stocks, units
      FROM claims WHERE units > 0;
    IF lines IS NULL THEN RETURN 0; END IF;
    RETURN saleor_backorders_step_back(p_variant, lines, stocks, units, p_virtuals);
END $$;

-- What a line held before this transaction it keeps, as long as it wants it and the shelf has it:
-- Saleor deallocates and re-allocates without minding what was given to whom.
-- Purpose: give a line back what it lost on a shelf, from what it gained on another, then from
--   what it has on its virtual row.  What others gained on that shelf they have to leave.
-- Parameters: the variant, the transaction, the shelves that it holds.
-- Locks: order lines with SKIP LOCKED (a new row's foreign key would wait); the allocations are
--   those of lines that the transaction wrote.
CREATE FUNCTION saleor_backorders_keep(
    p_variant integer, p_transaction bigint, p_stocks integer[]
) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH changed AS MATERIALIZED (
        SELECT order_line_id, stock_id, sum(change)::integer AS change
          FROM saleor_backorders_allocationchange
         WHERE transaction_id = p_transaction AND variant_id = p_variant
           AND stock_id = ANY (p_stocks)
         GROUP BY 1, 2 HAVING sum(change) <> 0
    ), source AS MATERIALIZED (
        SELECT a.id, a.order_line_id, a.stock_id, coalesce(c.change, a.quantity_allocated) AS units
          FROM warehouse_allocation a
          LEFT JOIN changed c USING (order_line_id, stock_id)
         WHERE a.order_line_id IN (SELECT order_line_id FROM changed WHERE change < 0)
           AND a.quantity_allocated > 0
           AND (c.change > 0 OR a.stock_id IN (SELECT stock_id FROM saleor_backorders_virtualstock
                                                WHERE variant_id = p_variant))
    ), open_line AS MATERIALIZED (
        SELECT id FROM order_orderline
         WHERE id IN (SELECT order_line_id FROM source) FOR KEY SHARE SKIP LOCKED
    ), room AS MATERIALIZED (
        SELECT s.stock_id, s.quantity - saleor_backorders_reserved(s.stock_id, NULL)
                   - saleor_backorders_allocated(s.stock_id)
                   + (SELECT coalesce(sum(c.change), 0) FROM changed c
                       WHERE c.stock_id = s.stock_id AND c.change > 0) AS units
          FROM saleor_backorders_physical_stocks(p_variant) s WHERE s.stock_id = ANY (p_stocks)
    ), lost AS (
        SELECT c.order_line_id, c.stock_id,
               greatest(least(-c.change, r.units - (sum(-c.change) OVER (
                   PARTITION BY c.stock_id ORDER BY c.order_line_id) + c.change)), 0) AS units
          FROM changed c
          JOIN room r USING (stock_id)
          JOIN open_line ON open_line.id = c.order_line_id
         WHERE c.change < 0
    ), wanted AS (
        -- Saleor takes from the lowest id on: what it took last it would not have had to take.
        SELECT lost.*, sum(units) OVER line AS upto
          FROM lost WINDOW line AS (PARTITION BY order_line_id ORDER BY stock_id DESC)
    ), offered AS (
        SELECT source.*, sum(units) OVER line AS upto
          FROM source WINDOW line AS (PARTITION BY order_line_id ORDER BY stock_id)
    ), moved AS MATERIALIZED (
        SELECT o.id, w.order_line_id, w.stock_id,
               (least(w.upto, o.upto) - greatest(w.upto - w.units, o.upto - o.units))::integer
                   AS units
          FROM wanted w
          JOIN offered o ON o.order_line_id = w.order_line_id
                        AND o.upto - o.units < w.upto AND w.upto - w.units < o.upto
         WHERE w.units > 0
    ), taken AS (
        SELECT id, sum(units) AS units FROM moved GROUP BY 1
    ), kept AS (
        SELECT order_line_id, stock_id, sum(units) AS units FROM moved GROUP BY 1, 2
    ), reduced AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated - t.units
          FROM taken t WHERE a.id = t.id AND t.units < a.quantity_allocated
    ), emptied AS (
        DELETE FROM warehouse_allocation a
         USING taken t WHERE a.id = t.id AND t.units = a.quantity_allocated
    ), raised AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated + k.units
          FROM kept k WHERE a.order_line_id = k.order_line_id AND a.stock_id = k.stock_id
    )
    INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)
    SELECT k.order_line_id, k.stock_id, k.units
      FROM kept k
     WHERE NOT EXISTS (SELECT 1 FROM warehouse_allocation a
                        WHERE a.order_line_id = k.order_line_id AND a.stock_id = k.stock_id)
$$;
