-- The transaction that moves stock: what happens at COMMIT, and what the sweep repeats.

-- The lock of a variant's queue.  A large import touches many variants, and PostgreSQL's lock table
-- is finite, so that 512 locks stand for all queues.  Taken in ascending order, before any row.
CREATE OR REPLACE FUNCTION saleor_backorders_lock(p_variants integer[]) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    bucket integer;
BEGIN
    FOR bucket IN SELECT DISTINCT u.v % 512 FROM unnest(p_variants) AS u (v) ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock(5456463, bucket);
    END LOOP;
END $$;

-- What a virtual row's quantity has to be: the limit, or what waits where that is more.
CREATE OR REPLACE FUNCTION saleor_backorders_virtual_quantity(
    p_limit integer, p_until date, p_waiting integer
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_until < (now() AT TIME ZONE 'UTC')::date THEN p_waiting
           ELSE greatest(p_limit, p_waiting) END
$$;

-- Whether anybody waits for a variant: one look into the queue's index, however the table is filled.
CREATE OR REPLACE FUNCTION saleor_backorders_waited_for(p_variant integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
    SELECT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0)
$$;

-- Whether a transaction left a variant with nothing to do: the common case, nobody waits.
-- In plpgsql, which keeps the plan for the connection; SQL would plan it at every COMMIT.
-- The plan is made without knowing the variant, and must suit one that is rare among those who wait.
CREATE OR REPLACE FUNCTION saleor_backorders_calm(p_variant integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                        WHERE b.variant_id = p_variant AND b.waiting > 0)
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_mark m
                        WHERE m.variant_id = p_variant AND m.put_off <> '')
       AND NOT EXISTS (
           SELECT 1 FROM saleor_backorders_touch t
            WHERE t.variant_id = p_variant
              AND (EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                            WHERE v.stock_id = t.stock_id)
                   OR EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                               WHERE b.order_line_id = t.order_line_id)
                   OR NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = t.stock_id)))
       AND NOT EXISTS (
           SELECT 1 FROM saleor_backorders_virtualstock v
             LEFT JOIN warehouse_stock s ON s.id = v.stock_id
            WHERE v.variant_id = p_variant
              AND s.quantity IS DISTINCT FROM saleor_backorders_virtual_quantity(
                                    v.limit_units, v.until, v.waiting_units))
       AND NOT EXISTS (
           SELECT 1 FROM saleor_backorders_shelves(p_variant) s
            WHERE s.quantity < (SELECT coalesce(sum(a.quantity_allocated), 0)
                                  FROM warehouse_allocation a WHERE a.stock_id = s.stock_id));
END $$;

-- What was marked and touched of a variant is dealt with.
CREATE OR REPLACE FUNCTION saleor_backorders_settle(p_variant integer) RETURNS void
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
BEGIN
    DELETE FROM saleor_backorders_touch WHERE variant_id = p_variant;
    DELETE FROM saleor_backorders_mark WHERE variant_id = p_variant;
END $$;

-- A shelf or a warehouse was deleted: what was allocated there waits again.
-- Locks: order lines with SKIP LOCKED; p_virtuals are the virtual rows that this transaction holds.
-- Rows: whether all of it could be put back; what is left out keeps its touch for the sweep.
CREATE OR REPLACE FUNCTION saleor_backorders_rescue(
    p_variant integer, p_virtuals integer[]
) RETURNS boolean
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH lost AS MATERIALIZED (
        SELECT t.order_line_id, v.stock_id,
               least(-t.change, ol.quantity - ol.quantity_fulfilled - held.units)::integer AS units
          FROM (SELECT order_line_id, sum(change) AS change
                  FROM saleor_backorders_touch
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
CREATE OR REPLACE FUNCTION saleor_backorders_newcomers_step_back(
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
                          FROM saleor_backorders_touch
                         WHERE transaction_id = p_transaction AND variant_id = p_variant
                         GROUP BY 1, 2) t
                  JOIN saleor_backorders_shelves(p_variant) s ON s.stock_id = t.stock_id) c
         WHERE c.change > 0 AND c.gain > c.ahead
    ), reserved AS (
        SELECT stock_id, -sum(change) AS units
          FROM saleor_backorders_touch
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
CREATE OR REPLACE FUNCTION saleor_backorders_keep(
    p_variant integer, p_transaction bigint, p_shelves integer[]
) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH changed AS MATERIALIZED (
        SELECT order_line_id, stock_id, sum(change)::integer AS change
          FROM saleor_backorders_touch
         WHERE transaction_id = p_transaction AND variant_id = p_variant
           AND stock_id = ANY (p_shelves)
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
          FROM saleor_backorders_shelves(p_variant) s WHERE s.stock_id = ANY (p_shelves)
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

-- Serve every shelf that has something free, the one that fewest may use first.
CREATE OR REPLACE FUNCTION saleor_backorders_serve_shelves(
    p_variant integer, p_shelves integer[], p_virtuals integer[], p_cause text,
    OUT lines integer, OUT units integer, OUT stopped boolean
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    shelf record;
    part record;
BEGIN
    lines := 0; units := 0; stopped := false;
    FOR shelf IN
        SELECT f.stock_id, f.free, r.destinations
          FROM (SELECT s.stock_id, s.warehouse_id,
                       s.quantity - saleor_backorders_allocated(s.stock_id)
                       - saleor_backorders_reserved(s.stock_id, NULL) AS free
                  FROM saleor_backorders_shelves(p_variant) s
                 WHERE s.quantity > 0 AND s.stock_id = ANY (p_shelves) OFFSET 0) f
          CROSS JOIN LATERAL (
              SELECT array_agg(d.destination) AS destinations
                FROM saleor_backorders_queued_destinations(p_variant) AS d (destination)
               WHERE f.warehouse_id IN (SELECT saleor_backorders_reach(d.destination))) r
         WHERE f.free > 0 AND r.destinations IS NOT NULL
         ORDER BY cardinality(r.destinations), f.stock_id
    LOOP
        part := saleor_backorders_serve(p_variant, shelf.stock_id, shelf.free,
                                        shelf.destinations, p_virtuals, p_cause);
        lines := lines + part.lines;
        units := units + part.units;
        stopped := stopped OR part.stopped;
    END LOOP;
END $$;

-- Put one variant right.
-- Purpose: after it, what a line has on a virtual row is what waits, no shelf is over-allocated,
--   nothing lies free for which somebody reachable waits, and the ledger says the same.
-- Parameters: the variant; the cause to write down.
-- Locks: the variant's queue lock (the caller may hold more of them, in ascending order); rows only
--   with SKIP LOCKED, so that it waits for nobody who may wait for us.
-- Rows: lines and units served; put_off says what is left for the sweep, '' where all is done.
CREATE OR REPLACE FUNCTION saleor_backorders_rebalance(
    p_variant integer, p_cause text, OUT lines integer, OUT units integer, OUT put_off text
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    this_transaction bigint := pg_current_xact_id()::text::bigint;
    touched uuid[];
    fresh bigint[];
    shelves integer[];
    virtuals integer[];
    rescued boolean := true;
    shelf record;
    part record;
BEGIN
    lines := 0; units := 0; put_off := '';
    PERFORM saleor_backorders_lock(ARRAY[p_variant]);
    IF saleor_backorders_calm(p_variant) THEN
        PERFORM saleor_backorders_settle(p_variant);
        RETURN;
    END IF;
    PERFORM set_config('saleor_backorders.busy', 'on', true);

    SELECT array_agg(l.id) INTO shelves FROM (
        SELECT s.id FROM warehouse_stock s
         WHERE s.id IN (SELECT stock_id FROM saleor_backorders_shelves(p_variant))
         ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED) l;
    SELECT array_agg(l.id) INTO virtuals FROM (
        SELECT s.id FROM warehouse_stock s
         WHERE s.id IN (SELECT stock_id FROM saleor_backorders_virtualstock
                         WHERE variant_id = p_variant)
         ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED) l;

    SELECT array_agg(DISTINCT order_line_id) INTO touched
      FROM saleor_backorders_touch WHERE variant_id = p_variant;
    IF touched IS NOT NULL THEN
        PERFORM saleor_backorders_merge_rows(touched);
        UPDATE saleor_backorders_backorder b
           SET destination = d.destination, updated_at = now()
          FROM saleor_backorders_touch t
          JOIN order_orderline ol ON ol.id = t.order_line_id
          CROSS JOIN LATERAL saleor_backorders_destination(ol.order_id) AS d (destination)
         WHERE t.variant_id = p_variant AND t.stock_id = 0
           AND b.order_line_id = t.order_line_id AND b.destination <> d.destination;
        rescued := saleor_backorders_rescue(p_variant, virtuals);
        -- Where nobody waits and no shelf is short, the host's own choice stands.
        IF saleor_backorders_waited_for(p_variant)
           OR EXISTS (SELECT 1 FROM saleor_backorders_shelves(p_variant) s
                       WHERE s.quantity < saleor_backorders_allocated(s.stock_id)) THEN
            PERFORM saleor_backorders_keep(p_variant, this_transaction, shelves);
            PERFORM saleor_backorders_newcomers_step_back(
                p_variant, this_transaction, virtuals);
        END IF;
        fresh := saleor_backorders_sync(p_variant, touched, 'order');
    END IF;

    FOR shelf IN
        SELECT o.stock_id, o.over
          FROM (SELECT s.stock_id,
                       saleor_backorders_allocated(s.stock_id) - greatest(s.quantity, 0) AS over
                  FROM saleor_backorders_shelves(p_variant) s) o
         WHERE o.over > 0 ORDER BY o.stock_id
    LOOP
        part := saleor_backorders_take_back(p_variant, shelf.stock_id, shelf.over, virtuals);
        IF part.lines IS NOT NULL THEN
            fresh := fresh || saleor_backorders_sync(p_variant, part.lines, 'shortage');
        END IF;
        IF NOT part.complete THEN put_off := 'an allocation was locked'; END IF;
    END LOOP;

    part := saleor_backorders_serve_shelves(p_variant, shelves, virtuals, p_cause);
    lines := part.lines;
    units := part.units;
    IF part.stopped THEN put_off := 'a waiting line was locked'; END IF;
    PERFORM saleor_backorders_forget_instant(fresh);

    UPDATE warehouse_stock s SET quantity_allocated = saleor_backorders_allocated(s.id)
     WHERE s.id = ANY (shelves) AND s.quantity_allocated <> saleor_backorders_allocated(s.id);
    UPDATE warehouse_stock s
       SET quantity_allocated = v.waiting_units,
           quantity = saleor_backorders_virtual_quantity(v.limit_units, v.until, v.waiting_units)
      FROM saleor_backorders_virtualstock v
     WHERE v.stock_id = s.id AND s.id = ANY (virtuals)
       AND (s.quantity_allocated, s.quantity) IS DISTINCT FROM
           (v.waiting_units, saleor_backorders_virtual_quantity(
                                 v.limit_units, v.until, v.waiting_units));

    DELETE FROM saleor_backorders_virtualstock v
     WHERE v.variant_id = p_variant AND v.waiting_units = 0
       AND NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = v.stock_id)
       AND NOT EXISTS (SELECT 1 FROM product_productvariant p WHERE p.id = p_variant);

    IF cardinality(shelves) IS DISTINCT FROM
           (SELECT nullif(count(*), 0) FROM saleor_backorders_shelves(p_variant))
       AND saleor_backorders_waited_for(p_variant) THEN
        put_off := 'a shelf was locked';
    ELSIF cardinality(virtuals) IS DISTINCT FROM
              (SELECT nullif(count(*), 0) FROM saleor_backorders_virtualstock v
                 JOIN warehouse_stock s ON s.id = v.stock_id WHERE v.variant_id = p_variant) THEN
        put_off := 'a virtual row was locked';
    END IF;
    IF rescued THEN
        DELETE FROM saleor_backorders_touch WHERE variant_id = p_variant;
    ELSE
        put_off := 'a line of a deleted shelf was locked';
    END IF;
    IF put_off = '' THEN
        DELETE FROM saleor_backorders_mark WHERE variant_id = p_variant;
    ELSE
        PERFORM saleor_backorders_put_off(p_variant, put_off);
    END IF;
    PERFORM set_config('saleor_backorders.busy', '', true);
END $$;

-- Leave a mark for the sweep.
CREATE OR REPLACE FUNCTION saleor_backorders_put_off(p_variant integer, p_why text) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    INSERT INTO saleor_backorders_mark (transaction_id, variant_id, put_off, created_at)
    VALUES (pg_current_xact_id()::text::bigint, p_variant, left(p_why, 200), now())
    ON CONFLICT (transaction_id, variant_id) DO UPDATE SET put_off = excluded.put_off
$$;

-- At COMMIT: every variant that the transaction marked, in the order of the queue locks.
-- It never breaks the shop's own transaction: what fails is put off, with the reason.
CREATE OR REPLACE FUNCTION saleor_backorders_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    marked integer[];
    variant integer;
BEGIN
    IF saleor_backorders_idle() THEN RETURN NULL; END IF;
    SELECT array_agg(m.variant_id ORDER BY m.variant_id % 512, m.variant_id) INTO marked
      FROM saleor_backorders_mark m
     WHERE m.transaction_id = NEW.transaction_id AND m.put_off = '';
    IF marked IS NULL THEN RETURN NULL; END IF;
    BEGIN
        PERFORM saleor_backorders_lock(marked);
    EXCEPTION WHEN OTHERS THEN
        PERFORM saleor_backorders_put_off(u.v, SQLSTATE || ' ' || SQLERRM)
           FROM unnest(marked) AS u (v);
        RETURN NULL;
    END;
    FOREACH variant IN ARRAY marked LOOP
        BEGIN
            -- Looked at here as well: a new connection reads in what follows only if it must.
            IF saleor_backorders_calm(variant) THEN
                PERFORM saleor_backorders_settle(variant);
            ELSE
                PERFORM saleor_backorders_rebalance(variant, 'stock');
            END IF;
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'backorders: variant % is left to the sweep: % %',
                          variant, SQLSTATE, SQLERRM;
            PERFORM saleor_backorders_put_off(variant, SQLSTATE || ' ' || SQLERRM);
        END;
    END LOOP;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- Who began to wait after its snapshot was taken, this transaction cannot see.
        PERFORM saleor_backorders_put_off(u.v, 'the transaction saw an older state')
           FROM unnest(marked) AS u (v);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER saleor_backorders_mark_at_commit AFTER INSERT ON saleor_backorders_mark
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.put_off = '') EXECUTE FUNCTION saleor_backorders_at_commit();

-- What the sweep has to look at: variants put off, and variants that wait while a shelf has units
-- (a reservation ran out, a zone or a warehouse was linked, a trigger was off).
CREATE OR REPLACE FUNCTION saleor_backorders_overdue(p_most integer) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    WITH RECURSIVE waited_for AS (
        (SELECT b.variant_id FROM saleor_backorders_backorder b WHERE b.waiting > 0
          ORDER BY b.variant_id LIMIT 1)
        UNION ALL
        SELECT (SELECT b.variant_id FROM saleor_backorders_backorder b
                 WHERE b.waiting > 0 AND b.variant_id > w.variant_id
                 ORDER BY b.variant_id LIMIT 1)
          FROM waited_for w WHERE w.variant_id IS NOT NULL
    )
    SELECT variant_id FROM (
        SELECT m.variant_id FROM saleor_backorders_mark m WHERE m.put_off <> ''
        UNION
        SELECT w.variant_id FROM waited_for w
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_shelves(w.variant_id) s
                        WHERE s.quantity > 0 AND s.quantity >
                              saleor_backorders_allocated(s.stock_id)
                              + saleor_backorders_reserved(s.stock_id, NULL))
    ) due
    ORDER BY variant_id % 512, variant_id LIMIT p_most
$$;
