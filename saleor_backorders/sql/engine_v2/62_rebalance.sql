-- Put one variant right.
-- Purpose: after it, what a line has on a virtual row is what waits, no shelf is over-allocated,
--   nothing lies free for which somebody reachable waits, the ledger says the same, and everybody
--   who waits has a date.
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
    BEGIN
        PERFORM saleor_backorders_redate(p_variant);
    EXCEPTION WHEN OTHERS THEN
        -- Goods go to those who wait even where their dates cannot be told; the sweep dates them.
        RAISE WARNING 'backorders: dates of variant % are left to the sweep: % %',
                      p_variant, SQLSTATE, SQLERRM;
        put_off := 'dates: ' || SQLSTATE || ' ' || SQLERRM;
    END;

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
