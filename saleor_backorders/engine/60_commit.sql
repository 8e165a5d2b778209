-- The transaction that moves stock: what happens at COMMIT, and what the sweep repeats.
-- Purpose: lock the queue, keep and step back what the transaction did, serve, date, write down.
-- Locks: the queue locks of all marked variants, in ascending order, before any row; then rows only
--   with SKIP LOCKED.
-- Rows: see each function.
-- Cost: a few looks into indexes where nobody waits; else what the transaction moved.

-- The lock of a variant's queue.  A large import touches many variants, and PostgreSQL's lock table
-- is finite, so that 512 locks stand for all queues.  Taken in ascending order, before any row.
CREATE FUNCTION saleor_backorders_lock(p_variants integer[]) RETURNS void
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
CREATE FUNCTION saleor_backorders_virtual_quantity(
    p_limit integer, p_until date, p_waiting integer
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_until < (now() AT TIME ZONE 'UTC')::date THEN p_waiting
           ELSE greatest(p_limit, p_waiting) END
$$;

-- Whether anybody waits for a variant: one look into the queue's index, however full the table.
CREATE FUNCTION saleor_backorders_waited_for(p_variant integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
    SELECT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0)
$$;

-- Whether a transaction left a variant with nothing to do: the common case, nobody waits.
-- In plpgsql, which keeps the plan for the connection; SQL would plan it at every COMMIT.
-- The plan is made without knowing the variant, and must suit one that is rare among who waits.
CREATE FUNCTION saleor_backorders_calm(p_variant integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN NOT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                        WHERE b.variant_id = p_variant AND b.waiting > 0)
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_dirtyvariant m
                        WHERE m.variant_id = p_variant AND m.put_off <> '')
       AND NOT EXISTS (
           SELECT 1 FROM saleor_backorders_allocationchange t
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
           SELECT 1 FROM saleor_backorders_physical_stocks(p_variant) s
            WHERE s.quantity < (SELECT coalesce(sum(a.quantity_allocated), 0)
                                  FROM warehouse_allocation a WHERE a.stock_id = s.stock_id));
END $$;

-- What was marked and touched of a variant is dealt with.
CREATE FUNCTION saleor_backorders_unmark(p_variant integer) RETURNS void
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
BEGIN
    DELETE FROM saleor_backorders_allocationchange WHERE variant_id = p_variant;
    DELETE FROM saleor_backorders_dirtyvariant WHERE variant_id = p_variant;
END $$;

-- Leave a mark for the sweep.
CREATE FUNCTION saleor_backorders_put_off(p_variant integer, p_why text) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    VALUES (pg_current_xact_id()::text::bigint, p_variant, left(p_why, 200), now())
    ON CONFLICT (transaction_id, variant_id) DO UPDATE SET put_off = excluded.put_off
$$;

-- Put one variant right.
-- Purpose: after it, what a line has on a virtual row is what waits, no shelf is over-allocated,
--   nothing lies free for which somebody reachable waits, the ledger says the same, and everybody
--   who waits has a date.
-- Parameters: the variant; the cause to write down.
-- Locks: the variant's queue lock (the caller may hold more of them, in ascending order); rows only
--   with SKIP LOCKED, so that it waits for nobody who may wait for us.
-- Rows: lines and units served; put_off says what is left for the sweep, '' where all is done.
CREATE FUNCTION saleor_backorders_rebalance(
    p_variant integer, p_cause text, OUT lines integer, OUT units integer, OUT put_off text
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    this_transaction bigint := pg_current_xact_id()::text::bigint;
    touched uuid[];
    fresh bigint[];
    physical_stocks integer[];
    virtuals integer[];
    rescued boolean := true;
    physical_stock record;
    part record;
BEGIN
    lines := 0; units := 0; put_off := '';
    PERFORM saleor_backorders_lock(ARRAY[p_variant]);
    IF saleor_backorders_calm(p_variant) THEN
        PERFORM saleor_backorders_unmark(p_variant);
        RETURN;
    END IF;
    PERFORM set_config('saleor_backorders.busy', 'on', true);

    SELECT array_agg(l.id) INTO physical_stocks FROM (
        SELECT s.id FROM warehouse_stock s
         WHERE s.id IN (SELECT stock_id FROM saleor_backorders_physical_stocks(p_variant))
         ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED) l;
    SELECT array_agg(l.id) INTO virtuals FROM (
        SELECT s.id FROM warehouse_stock s
         WHERE s.id IN (SELECT stock_id FROM saleor_backorders_virtualstock
                         WHERE variant_id = p_variant)
         ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED) l;

    SELECT array_agg(DISTINCT order_line_id) INTO touched
      FROM saleor_backorders_allocationchange WHERE variant_id = p_variant;
    IF touched IS NOT NULL THEN
        PERFORM saleor_backorders_merge_rows(touched);
        UPDATE saleor_backorders_backorder b
           SET destination = d.destination, updated_at = now()
          FROM saleor_backorders_allocationchange t
          JOIN order_orderline ol ON ol.id = t.order_line_id
          CROSS JOIN LATERAL saleor_backorders_destination(ol.order_id) AS d (destination)
         WHERE t.variant_id = p_variant AND t.stock_id = 0
           AND b.order_line_id = t.order_line_id AND b.destination <> d.destination;
        rescued := saleor_backorders_rescue(p_variant, virtuals);
        -- Where nobody waits and no shelf is short, the host's own choice stands.
        IF saleor_backorders_waited_for(p_variant)
           OR EXISTS (SELECT 1 FROM saleor_backorders_physical_stocks(p_variant) s
                       WHERE s.quantity < saleor_backorders_allocated(s.stock_id)) THEN
            PERFORM saleor_backorders_keep(p_variant, this_transaction, physical_stocks);
            PERFORM saleor_backorders_newcomers_step_back(
                p_variant, this_transaction, virtuals);
        END IF;
        fresh := saleor_backorders_sync(p_variant, touched, 'order');
    END IF;

    FOR physical_stock IN
        SELECT o.stock_id, o.over
          FROM (SELECT s.stock_id,
                       saleor_backorders_allocated(s.stock_id) - greatest(s.quantity, 0) AS over
                  FROM saleor_backorders_physical_stocks(p_variant) s) o
         WHERE o.over > 0 ORDER BY o.stock_id
    LOOP
        part := saleor_backorders_take_back(p_variant, physical_stock.stock_id, physical_stock.over, virtuals);
        IF part.lines IS NOT NULL THEN
            fresh := fresh || saleor_backorders_sync(p_variant, part.lines, 'shortage');
        END IF;
        IF NOT part.complete THEN put_off := 'an allocation was locked'; END IF;
    END LOOP;

    part := saleor_backorders_serve_stocks(p_variant, physical_stocks, virtuals, p_cause);
    lines := part.lines;
    units := part.units;
    IF part.stopped THEN put_off := 'a waiting line was locked'; END IF;
    PERFORM saleor_backorders_forget_instant(fresh);
    BEGIN
        PERFORM saleor_backorders_redate(p_variant);
    EXCEPTION WHEN OTHERS THEN
        -- Goods go to those who wait even where their dates cannot be told; the sweep dates them.
        RAISE WARNING 'backorders: dates of variant % are left to the sweep: % %',
                      p_variant, SQLSTATE, SQLERRM;
        put_off := 'dates: ' || SQLSTATE || ' ' || SQLERRM;
    END;

    UPDATE warehouse_stock s SET quantity_allocated = saleor_backorders_allocated(s.id)
     WHERE s.id = ANY (physical_stocks) AND s.quantity_allocated <> saleor_backorders_allocated(s.id);
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

    IF cardinality(physical_stocks) IS DISTINCT FROM
           (SELECT nullif(count(*), 0) FROM saleor_backorders_physical_stocks(p_variant))
       AND saleor_backorders_waited_for(p_variant) THEN
        put_off := 'a shelf was locked';
    ELSIF cardinality(virtuals) IS DISTINCT FROM
              (SELECT nullif(count(*), 0) FROM saleor_backorders_virtualstock v
                 JOIN warehouse_stock s ON s.id = v.stock_id WHERE v.variant_id = p_variant) THEN
        put_off := 'a virtual row was locked';
    END IF;
    IF rescued THEN
        DELETE FROM saleor_backorders_allocationchange WHERE variant_id = p_variant;
    ELSE
        put_off := 'a line of a deleted shelf was locked';
    END IF;
    IF put_off = '' THEN
        DELETE FROM saleor_backorders_dirtyvariant WHERE variant_id = p_variant;
    ELSE
        PERFORM saleor_backorders_put_off(p_variant, put_off);
    END IF;
    PERFORM set_config('saleor_backorders.busy', '', true);
END $$;

-- At COMMIT: every variant that the transaction marked, in the order of the queue locks.
-- It never breaks the shop's own transaction: what fails is put off, with the reason.
CREATE FUNCTION saleor_backorders_at_commit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
#variable_conflict use_column
DECLARE
    marked integer[];
    variant integer;
BEGIN
    IF saleor_backorders_idle() THEN RETURN NULL; END IF;
    SELECT array_agg(m.variant_id ORDER BY m.variant_id % 512, m.variant_id) INTO marked
      FROM saleor_backorders_dirtyvariant m
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
                PERFORM saleor_backorders_unmark(variant);
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

CREATE CONSTRAINT TRIGGER saleor_backorders_mark_at_commit
    AFTER INSERT ON saleor_backorders_dirtyvariant
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.put_off = '') EXECUTE FUNCTION saleor_backorders_at_commit();
