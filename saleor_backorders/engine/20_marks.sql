-- Marking: which variants, and which lines' allocations, a transaction touched.
-- Purpose: the only thing that happens before COMMIT.  The trigger functions, here and at COMMIT,
--   run with their owner's rights, so that an import under another role, which may write stock and
--   nothing else, is not stopped; whatever they call does so too, but lends no rights to a role
--   that calls it by itself.  Where our tables are gone they do nothing.
-- Locks: none that anybody else waits for (each transaction marks under its own id).
-- Rows: one mark a variant and transaction, one touch an allocation that changed.
-- Cost: one statement for each statement of the host, whatever the number of its rows.

-- Whether the triggers have nothing to do: the engine itself writes, or our tables are gone.
CREATE FUNCTION saleor_backorders_idle() RETURNS boolean
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT current_setting('saleor_backorders.busy', true) IS NOT DISTINCT FROM 'on'
           OR to_regclass('saleor_backorders_dirtyvariant') IS NULL
           OR to_regclass('saleor_backorders_virtualstock') IS NULL
           OR to_regclass('saleor_backorders_allocationchange') IS NULL
           OR to_regclass('saleor_backorders_backorder') IS NULL
$$;

-- Have the queues of some variants looked at when this transaction commits.
CREATE FUNCTION saleor_backorders_mark_variants(p_variants integer[]) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, u.variant_id, '', now()
      FROM unnest(p_variants) AS u (variant_id)
     WHERE EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                    WHERE v.variant_id = u.variant_id)
    ON CONFLICT DO NOTHING
$$;

-- A stock row came, went or changed its quantity, its warehouse or its variant.
CREATE FUNCTION saleor_backorders_on_stock() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF saleor_backorders_idle() THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, n.product_variant_id, '', now()
          FROM new_rows n
          JOIN old_rows o USING (id)
         WHERE (n.quantity, n.warehouse_id, n.product_variant_id)
               IS DISTINCT FROM (o.quantity, o.warehouse_id, o.product_variant_id)
           AND EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                        WHERE v.variant_id = n.product_variant_id)
        ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, n.product_variant_id, '', now()
          FROM new_rows n
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                        WHERE v.variant_id = n.product_variant_id)
        ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
        SELECT DISTINCT pg_current_xact_id()::text::bigint, o.product_variant_id, '', now()
          FROM old_rows o
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                        WHERE v.variant_id = o.product_variant_id)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- Write down by how much each line's allocation on a stock row changed, and mark its variant.
CREATE FUNCTION saleor_backorders_record_changes(
    p_lines uuid[], p_stocks integer[], p_changes integer[]
) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH touched AS (
        INSERT INTO saleor_backorders_allocationchange
               (transaction_id, variant_id, order_line_id, stock_id, change)
        SELECT pg_current_xact_id()::text::bigint, s.product_variant_id, c.line, c.stock,
               sum(c.change)
          FROM unnest(p_lines, p_stocks, p_changes) AS c (line, stock, change)
          JOIN warehouse_stock s ON s.id = c.stock
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                        WHERE v.variant_id = s.product_variant_id)
         GROUP BY 2, 3, 4
        HAVING sum(c.change) <> 0
        RETURNING variant_id
    )
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, variant_id, '', now() FROM touched
    ON CONFLICT DO NOTHING
$$;

-- The host allocated, deallocated or moved units of lines.
CREATE FUNCTION saleor_backorders_on_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF saleor_backorders_idle() THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM saleor_backorders_record_changes(
                    array_agg(order_line_id), array_agg(stock_id), array_agg(quantity_allocated))
           FROM new_rows HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM saleor_backorders_record_changes(
                    array_agg(order_line_id), array_agg(stock_id), array_agg(-quantity_allocated))
           FROM old_rows HAVING count(*) > 0;
    ELSE
        PERFORM saleor_backorders_record_changes(array_agg(line), array_agg(stock), array_agg(change))
           FROM (SELECT order_line_id AS line, stock_id AS stock, quantity_allocated AS change
                   FROM new_rows
                 UNION ALL
                 SELECT order_line_id, stock_id, -quantity_allocated FROM old_rows) c
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

-- A checkout let go what it had reserved.
CREATE FUNCTION saleor_backorders_on_reservation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF saleor_backorders_idle() THEN RETURN NULL; END IF;
    -- Only a queue can gain from what a checkout lets go.
    IF TG_OP = 'DELETE' THEN
        -- A checkout that becomes an order lets its reservation go in the same transaction, and
        -- keeps the units: a touch without a line says how many it had.
        INSERT INTO saleor_backorders_allocationchange
               (transaction_id, variant_id, order_line_id, stock_id, change)
        SELECT pg_current_xact_id()::text::bigint, s.product_variant_id,
               '00000000-0000-0000-0000-000000000000', o.stock_id, -sum(o.quantity_reserved)
          FROM old_rows o
          JOIN warehouse_stock s ON s.id = o.stock_id
         WHERE o.reserved_until > now() AND o.quantity_reserved > 0
           AND EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                        WHERE b.variant_id = s.product_variant_id AND b.waiting > 0)
         GROUP BY s.product_variant_id, o.stock_id;
    END IF;
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, s.product_variant_id, '', now()
      FROM old_rows o
      JOIN warehouse_stock s ON s.id = o.stock_id
     WHERE EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = s.product_variant_id AND b.waiting > 0)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- An order that goes elsewhere may be served from elsewhere.  The ledger is written at COMMIT,
-- under the queue's lock: a row locked here would stop whoever serves the queue.  A touch of
-- stock row 0 says that the line's destination changed.
CREATE FUNCTION saleor_backorders_redirect(p_orders uuid[]) RETURNS void
LANGUAGE sql SET search_path = @schema@, pg_temp AS $$
    WITH redirected AS (
        INSERT INTO saleor_backorders_allocationchange
               (transaction_id, variant_id, order_line_id, stock_id, change)
        SELECT pg_current_xact_id()::text::bigint, b.variant_id, b.order_line_id, 0, 0
          FROM saleor_backorders_backorder b
         WHERE b.order_id = ANY (p_orders)
           AND b.destination IS DISTINCT FROM saleor_backorders_destination(b.order_id)
        RETURNING variant_id
    )
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, variant_id, '', now() FROM redirected
    ON CONFLICT DO NOTHING
$$;

-- An order got other addresses, another collection point or another channel.
CREATE FUNCTION saleor_backorders_on_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_redirect(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

-- An address moved to another country.
CREATE FUNCTION saleor_backorders_on_address() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_redirect(array_agg(o.id))
           FROM order_order o
          WHERE o.shipping_address_id = NEW.id OR o.billing_address_id = NEW.id
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER saleor_backorders_stock_inserted AFTER INSERT ON warehouse_stock
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_stock_updated AFTER UPDATE ON warehouse_stock
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_stock_deleted AFTER DELETE ON warehouse_stock
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_allocation_inserted AFTER INSERT ON warehouse_allocation
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_allocation_updated AFTER UPDATE ON warehouse_allocation
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_allocation_deleted AFTER DELETE ON warehouse_allocation
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_reservation_updated AFTER UPDATE ON warehouse_reservation
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_reservation();
CREATE TRIGGER saleor_backorders_reservation_deleted AFTER DELETE ON warehouse_reservation
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_reservation();
CREATE TRIGGER saleor_backorders_order_redirected AFTER UPDATE ON order_order
    FOR EACH ROW WHEN (OLD.shipping_address_id IS DISTINCT FROM NEW.shipping_address_id
                       OR OLD.billing_address_id IS DISTINCT FROM NEW.billing_address_id
                       OR OLD.collection_point_id IS DISTINCT FROM NEW.collection_point_id
                       OR OLD.channel_id IS DISTINCT FROM NEW.channel_id)
    EXECUTE FUNCTION saleor_backorders_on_order();
CREATE TRIGGER saleor_backorders_address_moved AFTER UPDATE ON account_address
    FOR EACH ROW WHEN (OLD.country IS DISTINCT FROM NEW.country)
    EXECUTE FUNCTION saleor_backorders_on_address();
