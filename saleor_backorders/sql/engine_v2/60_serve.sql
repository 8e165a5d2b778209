-- Serving the queue, as before; and noting whether the first promise was kept.

-- Serve the head of the queue from one shelf.
-- Purpose: move up to p_free units from the virtual rows to the shelf, by priority, then by the
--   time the order was placed, then by id; allocations, ledger and movements in one statement.
-- Parameters: the variant, the shelf and its free units, the destinations that it may serve, the
--   virtual rows that this transaction holds.
-- Locks: allocations, and the order line of a part-fill, with SKIP LOCKED.  At the first line that somebody else holds
--   it stops, so that nobody is served past it.
-- Rows: lines and units served, and whether it had to stop.
-- Cost: follows p_free, never the length of the queue.  "stock_id + 0" is for that: rows are found
--   by their line, since a stock row's index leads to the whole queue, or to the whole shelf.
CREATE OR REPLACE FUNCTION saleor_backorders_serve(
    p_variant integer, p_shelf integer, p_free integer, p_destinations text[],
    p_virtuals integer[], p_cause text, OUT lines integer, OUT units integer, OUT stopped boolean
) LANGUAGE plpgsql
SET search_path = @schema@, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    WITH head AS MATERIALIZED (
        SELECT h.id, h.order_line_id, h.channel_id, h.waiting,
               row_number() OVER place AS place,
               sum(h.waiting) OVER place - h.waiting AS ahead
          FROM (SELECT q.*
                  FROM unnest(p_destinations) AS d (destination)
                  CROSS JOIN LATERAL (
                      SELECT b.id, b.order_line_id, b.channel_id, b.waiting, b.priority,
                             b.placed_at
                        FROM saleor_backorders_backorder b
                       WHERE b.variant_id = p_variant AND b.destination = d.destination
                         AND b.waiting > 0
                       ORDER BY b.priority DESC, b.placed_at, b.id LIMIT p_free) q
                 ORDER BY q.priority DESC, q.placed_at, q.id LIMIT p_free) h
        WINDOW place AS (ORDER BY h.priority DESC, h.placed_at, h.id)
    ), next_up AS MATERIALIZED (
        SELECT head.*, least(waiting, p_free - ahead)::integer AS units
          FROM head WHERE ahead < p_free
    ), held AS MATERIALIZED (
        SELECT a.id, a.order_line_id, a.quantity_allocated
          FROM warehouse_allocation a
         WHERE a.order_line_id IN (SELECT order_line_id FROM next_up)
           AND a.stock_id + 0 = ANY (p_virtuals) AND a.quantity_allocated > 0
           FOR NO KEY UPDATE SKIP LOCKED
    ), split AS MATERIALIZED (
        -- A new row's foreign key would wait for a line that somebody else holds: look first.
        SELECT ol.id
          FROM order_orderline ol
         WHERE ol.id IN (SELECT order_line_id FROM next_up WHERE units < waiting)
           FOR KEY SHARE SKIP LOCKED
    ), stop AS (
        SELECT min(n.place) AS place
          FROM next_up n
          LEFT JOIN held h ON h.order_line_id = n.order_line_id
                          AND h.quantity_allocated >= n.units
         WHERE h.id IS NULL
            OR n.units < n.waiting AND n.order_line_id NOT IN (SELECT id FROM split)
    ), served AS MATERIALIZED (
        SELECT n.id, n.order_line_id, n.channel_id, n.units,
               h.id AS allocation_id, h.quantity_allocated AS on_virtual, t.id AS target_id
          FROM next_up n
          JOIN held h ON h.order_line_id = n.order_line_id
          LEFT JOIN warehouse_allocation t
            ON t.order_line_id = n.order_line_id AND t.stock_id + 0 = p_shelf
         WHERE n.place < coalesce((SELECT place FROM stop), p_free + 1)
    ), repointed AS (
        UPDATE warehouse_allocation a SET stock_id = p_shelf
          FROM served s
         WHERE a.id = s.allocation_id AND s.target_id IS NULL AND s.units = s.on_virtual
    ), joined_rows AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated + s.units
          FROM served s WHERE a.id = s.target_id
    ), emptied AS (
        DELETE FROM warehouse_allocation a
         USING served s
         WHERE a.id = s.allocation_id AND s.target_id IS NOT NULL AND s.units = s.on_virtual
    ), reduced AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated - s.units
          FROM served s WHERE a.id = s.allocation_id AND s.units < s.on_virtual
    ), added AS (
        INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)
        SELECT s.order_line_id, p_shelf, s.units
          FROM served s WHERE s.target_id IS NULL AND s.units < s.on_virtual
    ), ledger AS (
        UPDATE saleor_backorders_backorder b
           SET waiting = b.waiting - s.units, allocated = b.allocated + s.units,
               kept = CASE WHEN b.waiting = s.units
                      THEN saleor_backorders_today() <= b.promised_on END,
               allocated_at = now(), updated_at = now()
          FROM served s WHERE b.id = s.id
    ), moved AS (
        INSERT INTO saleor_backorders_movement
               (backorder_id, variant_id, kind, quantity, stock_id, cause, created_at,
                transaction_id)
        SELECT s.id, p_variant, 'allocated', s.units, p_shelf, p_cause, now(),
               pg_current_xact_id()::text::bigint
          FROM served s
    ), counted AS (
        UPDATE saleor_backorders_virtualstock v SET waiting_units = v.waiting_units - c.units
          FROM (SELECT s.channel_id, sum(s.units) AS units FROM served s GROUP BY 1) c
         WHERE v.variant_id = p_variant AND v.channel_id = c.channel_id
    )
    SELECT count(*), coalesce(sum(s.units), 0), EXISTS (SELECT 1 FROM stop WHERE place IS NOT NULL)
      INTO lines, units, stopped
      FROM served s;
END $$;
