-- Units of waiting lines move to a shelf, or back from it to the line's virtual row.
-- Purpose: everything that rewrites the host's allocations for the queue: serve, take back, and the
--   step back that both a newcomer and a shelf that shrank need.
-- Locks: the caller holds the queue's lock; rows only with SKIP LOCKED, so that it waits for nobody
--   who may wait for us.
-- Rows: see each function.
-- Cost: follows the units that move, never the length of the queue.

-- Saleor lost the unique constraint on (order line, stock): make one row of several.
-- Locks: the rows of these lines; the caller's transaction wrote them.
CREATE FUNCTION saleor_backorders_merge_rows(p_lines uuid[]) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH several AS (
        SELECT order_line_id, stock_id, min(id) AS kept, sum(quantity_allocated) AS units
          FROM warehouse_allocation
         WHERE order_line_id = ANY (p_lines)
         GROUP BY order_line_id, stock_id HAVING count(*) > 1
    ), merged AS (
        UPDATE warehouse_allocation a SET quantity_allocated = s.units
          FROM several s WHERE a.id = s.kept
    )
    DELETE FROM warehouse_allocation a USING several s
     WHERE a.order_line_id = s.order_line_id AND a.stock_id = s.stock_id AND a.id <> s.kept
$$;

-- Move units of lines from shelves to their channels' virtual rows.
-- Parameters: lines, stock rows, units (a pair stands once); the virtual rows that this transaction
--   holds: the foreign key of a new row would wait for any other.
-- Locks: takes the allocations and order lines with SKIP LOCKED.
-- Rows: how many units moved; fewer than asked where a row is locked or has no virtual row.
CREATE FUNCTION saleor_backorders_step_back(
    p_variant integer, p_lines uuid[], p_stocks integer[], p_units integer[], p_virtuals integer[]
) RETURNS integer
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    moved integer;
BEGIN
    PERFORM saleor_backorders_merge_rows(p_lines);
    WITH source AS MATERIALIZED (
        SELECT a.id, a.order_line_id, a.quantity_allocated, v.stock_id AS virtual_id,
               least(w.units, a.quantity_allocated) AS units
          FROM unnest(p_lines, p_stocks, p_units) AS w (line, stock, units)
          JOIN warehouse_allocation a ON a.order_line_id = w.line AND a.stock_id = w.stock
          JOIN order_orderline ol ON ol.id = a.order_line_id
          JOIN order_order o ON o.id = ol.order_id
          JOIN saleor_backorders_virtualstock v
            ON v.variant_id = p_variant AND v.channel_id = o.channel_id
           AND v.stock_id = ANY (p_virtuals)
         WHERE w.units > 0 AND a.quantity_allocated > 0
           FOR NO KEY UPDATE OF a SKIP LOCKED
           FOR KEY SHARE OF ol SKIP LOCKED
    ), back AS (
        SELECT order_line_id, virtual_id, sum(units) AS units FROM source GROUP BY 1, 2
    ), reduced AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated - s.units
          FROM source s WHERE a.id = s.id AND s.units < s.quantity_allocated
    ), emptied AS (
        DELETE FROM warehouse_allocation a
         USING source s WHERE a.id = s.id AND s.units = s.quantity_allocated
    ), raised AS (
        UPDATE warehouse_allocation a SET quantity_allocated = a.quantity_allocated + b.units
          FROM back b WHERE a.order_line_id = b.order_line_id AND a.stock_id = b.virtual_id
    ), added AS (
        INSERT INTO warehouse_allocation (order_line_id, stock_id, quantity_allocated)
        SELECT b.order_line_id, b.virtual_id, b.units
          FROM back b
         WHERE NOT EXISTS (SELECT 1 FROM warehouse_allocation a
                            WHERE a.order_line_id = b.order_line_id
                              AND a.stock_id = b.virtual_id)
    )
    SELECT coalesce(sum(units), 0) INTO moved FROM source;
    RETURN moved;
END $$;

-- Serve the head of the queue from one shelf.
-- Purpose: move up to p_free units from the virtual rows to the shelf, by priority, then by the
--   time the order was placed, then by id; allocations, ledger and movements in one statement; and
--   note whether the first promise was kept.
-- Parameters: the variant, the shelf and its free units, the destinations that it may serve, the
--   virtual rows that this transaction holds.
-- Locks: allocations, and the order line of a part-fill, with SKIP LOCKED.  At the first line that
--   somebody else holds it stops, so that nobody is served past it.
-- Rows: lines and units served, and whether it had to stop.
-- Cost: follows p_free, never the length of the queue.  "stock_id + 0" is for that: rows are found
--   by their line, since a stock row's index leads to the whole queue, or to the whole shelf.
CREATE FUNCTION saleor_backorders_serve(
    p_variant integer, p_stock integer, p_free integer, p_destinations text[],
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
            ON t.order_line_id = n.order_line_id AND t.stock_id + 0 = p_stock
         WHERE n.place < coalesce((SELECT place FROM stop), p_free + 1)
    ), repointed AS (
        UPDATE warehouse_allocation a SET stock_id = p_stock
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
        SELECT s.order_line_id, p_stock, s.units
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
        SELECT s.id, p_variant, 'allocated', s.units, p_stock, p_cause, now(),
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

-- Take from one shelf the units that it no longer has: lowest priority first, then newest.
-- Locks: as step_back.  Rows: the lines that were moved, and whether all of it could be.
CREATE FUNCTION saleor_backorders_take_back(
    p_variant integer, p_stock integer, p_units integer, p_virtuals integer[],
    OUT lines uuid[], OUT complete boolean
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    takes integer[];
    wanted integer;
BEGIN
    SELECT array_agg(t.order_line_id), array_agg(least(t.units, p_units - t.ahead)::integer),
           sum(least(t.units, p_units - t.ahead))
      INTO lines, takes, wanted
      FROM (SELECT c.order_line_id, c.units,
                   sum(c.units) OVER (ORDER BY c.priority, c.placed_at DESC, c.last_id DESC
                                      ROWS UNBOUNDED PRECEDING) - c.units AS ahead
              FROM (SELECT a.order_line_id, sum(a.quantity_allocated) AS units,
                           coalesce(b.priority, v.priority) AS priority,
                           o.created_at AS placed_at, max(a.id) AS last_id
                      FROM warehouse_allocation a
                      JOIN order_orderline ol ON ol.id = a.order_line_id
                      JOIN order_order o ON o.id = ol.order_id
                      JOIN saleor_backorders_virtualstock v
                        ON v.variant_id = p_variant AND v.channel_id = o.channel_id
                      JOIN warehouse_stock vs ON vs.id = v.stock_id
                      LEFT JOIN saleor_backorders_backorder b
                        ON b.order_line_id = a.order_line_id
                     WHERE a.stock_id = p_stock AND a.quantity_allocated > 0
                     GROUP BY a.order_line_id, coalesce(b.priority, v.priority), o.created_at
                   ) c) t
     WHERE t.ahead < p_units;
    complete := lines IS NULL OR saleor_backorders_step_back(
        p_variant, lines, array_fill(p_stock, ARRAY[cardinality(lines)]), takes,
        p_virtuals) = wanted;
END $$;

-- Serve every shelf that has something free, the one that fewest may use first.
CREATE FUNCTION saleor_backorders_serve_stocks(
    p_variant integer, p_stocks integer[], p_virtuals integer[], p_cause text,
    OUT lines integer, OUT units integer, OUT stopped boolean
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    physical_stock record;
    part record;
BEGIN
    lines := 0; units := 0; stopped := false;
    FOR physical_stock IN
        SELECT f.stock_id, f.free, r.destinations
          FROM (SELECT s.stock_id, s.warehouse_id,
                       s.quantity - saleor_backorders_allocated(s.stock_id)
                       - saleor_backorders_reserved(s.stock_id, NULL) AS free
                  FROM saleor_backorders_physical_stocks(p_variant) s
                 WHERE s.quantity > 0 AND s.stock_id = ANY (p_stocks) OFFSET 0) f
          CROSS JOIN LATERAL (
              SELECT array_agg(d.destination) AS destinations
                FROM saleor_backorders_queued_destinations(p_variant) AS d (destination)
               WHERE f.warehouse_id IN (SELECT saleor_backorders_reach(d.destination))) r
         WHERE f.free > 0 AND r.destinations IS NOT NULL
         ORDER BY cardinality(r.destinations), f.stock_id
    LOOP
        part := saleor_backorders_serve(p_variant, physical_stock.stock_id, physical_stock.free,
                                        physical_stock.destinations, p_virtuals, p_cause);
        lines := lines + part.lines;
        units := units + part.units;
        stopped := stopped OR part.stopped;
    END LOOP;
END $$;
