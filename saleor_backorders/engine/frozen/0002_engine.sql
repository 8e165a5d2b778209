-- Frozen: written by `python -m tools.freeze`, run by a migration, never edited.
-- @schema@ is where the shop's tables lie.
-- Bodies are looked at when they run: what they call may stand further down.
SET LOCAL check_function_bodies = off;

CREATE SEQUENCE @schema@.saleor_backorders_virtual_stock_id AS integer INCREMENT BY 1 MINVALUE 1000000000 MAXVALUE 2147483647 START WITH 1000000000;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_zones_matter()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    -- Saleor 3.23 can leave shipping zones out of stock availability; before, they always count.
    SELECT coalesce(bool_or(coalesce(
        (to_jsonb(s) ->> 'use_legacy_shipping_zone_stock_availability')::boolean, true)), true)
      FROM site_sitesettings s
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_reach(p_channel integer, p_country text, p_point uuid)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT cw.warehouse_id
      FROM warehouse_channelwarehouse cw
     WHERE cw.channel_id = p_channel
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                        WHERE vw.warehouse_id = cw.warehouse_id)
       AND CASE
           WHEN p_point IS NOT NULL THEN
               cw.warehouse_id = p_point OR EXISTS (
                   SELECT 1 FROM warehouse_warehouse point
                    WHERE point.id = p_point AND point.click_and_collect_option = 'all')
           WHEN NOT saleor_backorders_zones_matter() THEN true
           ELSE EXISTS (
               SELECT 1
                 FROM warehouse_warehouse_shipping_zones wz
                 JOIN shipping_shippingzone_channels zc
                   ON zc.shippingzone_id = wz.shippingzone_id AND zc.channel_id = p_channel
                 JOIN shipping_shippingzone z ON z.id = wz.shippingzone_id
                WHERE wz.warehouse_id = cw.warehouse_id
                  AND p_country = ANY (string_to_array(z.countries, ',')))
           END
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_destination(p_order uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT concat_ws('/', o.channel_id,
                     coalesce(nullif(ship.country, ''), nullif(bill.country, ''), c.default_country),
                     coalesce(o.collection_point_id::text, ''))
      FROM order_order o
      JOIN channel_channel c ON c.id = o.channel_id
      LEFT JOIN account_address ship ON ship.id = o.shipping_address_id
      LEFT JOIN account_address bill ON bill.id = o.billing_address_id
     WHERE o.id = p_order
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_reach(p_destination text)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT saleor_backorders_reach(split_part(p_destination, '/', 1)::integer,
                                   split_part(p_destination, '/', 2),
                                   nullif(split_part(p_destination, '/', 3), '')::uuid)
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_reserved(p_stock integer, p_checkout text)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT coalesce(sum(r.quantity_reserved), 0)::integer
      FROM warehouse_reservation r
      JOIN checkout_checkoutline cl ON cl.id = r.checkout_line_id
     WHERE r.stock_id = p_stock AND r.reserved_until > now()
       AND cl.checkout_id::text IS DISTINCT FROM p_checkout
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_allocated(p_stock integer)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
    -- The sum, never the row's own quantity_allocated: that one drifts in Saleor itself.
    SELECT coalesce(sum(a.quantity_allocated), 0)::integer
      FROM warehouse_allocation a WHERE a.stock_id = p_stock
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_room(p_variant integer, p_channel integer, p_country text, p_point uuid, p_checkout text, OUT free_stock integer, OUT may_wait integer)
 RETURNS record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT coalesce((
               SELECT sum(greatest(s.quantity - saleor_backorders_allocated(s.id)
                                   - saleor_backorders_reserved(s.id, p_checkout), 0))
                 FROM warehouse_stock s
                WHERE s.product_variant_id = p_variant
                  AND s.warehouse_id IN (
                      SELECT saleor_backorders_reach(p_channel, p_country, p_point))
           ), 0)::integer,
           coalesce((
               SELECT CASE WHEN v.until < (now() AT TIME ZONE 'UTC')::date THEN 0
                      ELSE greatest(v.limit_units - v.waiting_units - (
                          -- Counted at COMMIT; until then, what this transaction changed.
                          SELECT coalesce(sum(t.change), 0)
                            FROM saleor_backorders_allocationchange t
                           WHERE t.variant_id = v.variant_id AND t.stock_id = v.stock_id), 0)
                      END
                 FROM saleor_backorders_virtualstock v
                WHERE v.variant_id = p_variant AND v.channel_id = p_channel
           ), 0)::integer
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_queued_destinations(p_variant integer)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    WITH RECURSIVE found AS (
        (SELECT b.destination FROM saleor_backorders_backorder b
          WHERE b.variant_id = p_variant AND b.waiting > 0
          ORDER BY b.destination LIMIT 1)
        UNION ALL
        SELECT (SELECT b.destination FROM saleor_backorders_backorder b
                 WHERE b.variant_id = p_variant AND b.waiting > 0
                   AND b.destination > found.destination
                 ORDER BY b.destination LIMIT 1)
          FROM found WHERE found.destination IS NOT NULL
    )
    SELECT destination FROM found WHERE destination IS NOT NULL
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_physical_stocks(p_variant integer, OUT stock_id integer, OUT warehouse_id uuid, OUT quantity integer)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
AS $function$
    SELECT s.id, s.warehouse_id, s.quantity
      FROM warehouse_stock s
     WHERE s.product_variant_id = p_variant
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v WHERE v.stock_id = s.id)
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                        WHERE vw.warehouse_id = s.warehouse_id)
    OFFSET 0
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_queued_reach(p_variant integer, OUT destination text, OUT warehouse_id uuid)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT d.destination, r.warehouse_id
      FROM saleor_backorders_queued_destinations(p_variant) AS d (destination)
      CROSS JOIN LATERAL saleor_backorders_reach(d.destination) AS r (warehouse_id)
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_idle()
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT current_setting('saleor_backorders.busy', true) IS NOT DISTINCT FROM 'on'
           OR to_regclass('saleor_backorders_dirtyvariant') IS NULL
           OR to_regclass('saleor_backorders_virtualstock') IS NULL
           OR to_regclass('saleor_backorders_allocationchange') IS NULL
           OR to_regclass('saleor_backorders_backorder') IS NULL
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_mark_variants(p_variants integer[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    SELECT DISTINCT pg_current_xact_id()::text::bigint, u.variant_id, '', now()
      FROM unnest(p_variants) AS u (variant_id)
     WHERE EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                    WHERE v.variant_id = u.variant_id)
    ON CONFLICT DO NOTHING
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_stock()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_record_changes(p_lines uuid[], p_stocks integer[], p_changes integer[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_allocation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_reservation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_redirect(p_orders uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_order()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_redirect(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_address()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_redirect(array_agg(o.id))
           FROM order_order o
          WHERE o.shipping_address_id = NEW.id OR o.billing_address_id = NEW.id
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_announcement()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(array_agg(DISTINCT variant_id))
           FROM new_rows HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_shipment_line()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(ARRAY[OLD.variant_id, NEW.variant_id]);
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_shipment()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(array_agg(l.variant_id))
           FROM saleor_backorders_incomingshipmentline l
          WHERE l.shipment_id = NEW.id HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_lead_time()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(ARRAY[NEW.variant_id]);
    END IF;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_step(INOUT waiting integer, INOUT allocated integer, INOUT fulfilled integer, INOUT on_hand integer, now_virtual integer, now_on_hand integer, is_off boolean, given_up integer, called_back integer, OUT placed integer, OUT given integer, OUT withdrawn integer, OUT shipped integer, OUT forced integer, OUT reopened integer, OUT cancelled integer)
 RETURNS record
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
#variable_conflict use_column
DECLARE
    before_units integer := waiting + allocated + on_hand;
    now_units integer := now_virtual + now_on_hand;
    gone integer := greatest(before_units - now_units, 0);
    come integer := greatest(now_units - before_units, 0);
    dropped integer;
    sent integer;
    part integer;
BEGIN
    dropped := CASE WHEN is_off THEN gone ELSE least(gone, given_up) END;
    sent := gone - dropped;

    part := least(on_hand, sent);
    on_hand := on_hand - part;
    shipped := least(allocated, sent - part);
    allocated := allocated - shipped;
    forced := sent - part - shipped;
    waiting := waiting - forced;
    fulfilled := fulfilled + shipped + forced;

    part := least(waiting, dropped);
    waiting := waiting - part;
    cancelled := part + least(allocated, dropped - part);
    allocated := allocated - (cancelled - part);
    on_hand := on_hand - (dropped - cancelled);

    reopened := least(fulfilled, come, called_back);
    fulfilled := fulfilled - reopened;
    allocated := allocated + reopened;
    on_hand := on_hand + come - reopened;

    given := greatest(waiting - now_virtual, 0);
    part := greatest(now_virtual - waiting, 0);
    -- What the line wants more than before never was on a shelf; only the rest was taken back.
    withdrawn := least(allocated, part - least(part, come - reopened));
    placed := part - withdrawn;
    waiting := now_virtual;
    allocated := allocated + given - withdrawn;
    on_hand := on_hand - placed;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_lines_now(p_lines uuid[], OUT order_line_id uuid, OUT is_off boolean, OUT ordered integer, OUT fulfilled integer, OUT returned integer, OUT virtual_units integer, OUT on_hand_units integer)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT ids.id,
           ol.variant_id IS NULL OR o.status IN ('canceled', 'expired'),
           coalesce(ol.quantity, 0),
           coalesce(ol.quantity_fulfilled, 0),
           coalesce((SELECT sum(fl.quantity)
                       FROM order_fulfillmentline fl
                       JOIN order_fulfillment f ON f.id = fl.fulfillment_id
                      WHERE fl.order_line_id = ids.id
                        AND f.status IN ('refunded', 'returned', 'replaced',
                                         'refunded_and_returned')), 0)::integer,
           held.virtual_units,
           held.on_hand_units
      FROM (SELECT DISTINCT u.id FROM unnest(p_lines) AS u (id)) ids
      LEFT JOIN order_orderline ol ON ol.id = ids.id
      LEFT JOIN order_order o ON o.id = ol.order_id
      CROSS JOIN LATERAL (
          SELECT coalesce(sum(a.quantity_allocated)
                          FILTER (WHERE v.stock_id IS NOT NULL), 0)::integer AS virtual_units,
                 coalesce(sum(a.quantity_allocated)
                          FILTER (WHERE v.stock_id IS NULL), 0)::integer AS on_hand_units
            FROM warehouse_allocation a
            LEFT JOIN saleor_backorders_virtualstock v ON v.stock_id = a.stock_id
           WHERE a.order_line_id = ids.id) held
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_sync(p_variant integer, p_lines uuid[], p_cause text)
 RETURNS bigint[]
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
    fresh bigint[];
BEGIN
    WITH step AS MATERIALIZED (
        SELECT b.id, b.channel_id, b.waiting AS waited, now_.ordered, now_.fulfilled AS sent, now_.returned, s.*
          FROM saleor_backorders_lines_now(p_lines) now_
          JOIN saleor_backorders_backorder b USING (order_line_id)
          CROSS JOIN LATERAL saleor_backorders_step(
              b.waiting, b.allocated, b.fulfilled, b.seen_on_hand,
              now_.virtual_units, now_.on_hand_units, now_.is_off,
              least(greatest(now_.returned - b.seen_returned, 0),
                    greatest(now_.fulfilled - b.seen_fulfilled, 0))
                  + greatest(b.seen_quantity - now_.ordered, 0),
              greatest(b.seen_fulfilled - now_.fulfilled, 0)) s
    ), stepped AS (
        UPDATE saleor_backorders_backorder b
           SET waiting = s.waiting, allocated = s.allocated, fulfilled = s.fulfilled,
               cancelled = b.cancelled + s.cancelled, quantity = b.quantity + s.placed,
               seen_on_hand = s.on_hand, seen_quantity = s.ordered, seen_fulfilled = s.sent,
               seen_returned = s.returned, updated_at = now(),
               allocated_at = CASE WHEN s.given > 0 THEN now() ELSE b.allocated_at END,
               fulfilled_at = CASE WHEN s.shipped + s.forced > 0 THEN now()
                                   ELSE b.fulfilled_at END,
               cancelled_at = CASE WHEN s.cancelled > 0 THEN now() ELSE b.cancelled_at END
          FROM step s
         WHERE b.id = s.id
    ), counted AS (
        UPDATE saleor_backorders_virtualstock v
           SET waiting_units = v.waiting_units + c.change
          FROM (SELECT channel_id, sum(waiting - waited) AS change FROM step GROUP BY 1) c
         WHERE v.variant_id = p_variant AND v.channel_id = c.channel_id AND c.change <> 0
    )
    INSERT INTO saleor_backorders_movement
           (backorder_id, variant_id, kind, quantity, cause, created_at, transaction_id)
    SELECT s.id, p_variant, m.kind, m.quantity, p_cause, now(),
           pg_current_xact_id()::text::bigint
      FROM step s
      CROSS JOIN LATERAL (VALUES ('fulfilled', s.shipped), ('forced', s.forced),
                                 ('cancelled', s.cancelled), ('reopened', s.reopened),
                                 ('withdrawn', s.withdrawn), ('placed', s.placed),
                                 ('allocated', s.given)) AS m (kind, quantity)
     WHERE m.quantity > 0;

    WITH new_row AS (
        INSERT INTO saleor_backorders_backorder
               (order_line_id, order_id, order_number, variant_id, channel_id, destination,
                product_name, variant_name, sku, quantity, waiting, allocated, fulfilled,
                cancelled, priority, placed_at, lead_from, updated_at,
                seen_quantity, seen_fulfilled, seen_returned, seen_on_hand)
        SELECT ol.id, o.id, o.number, p_variant, o.channel_id,
               saleor_backorders_destination(o.id), ol.product_name, ol.variant_name,
               ol.product_sku, n.virtual_units, n.virtual_units, 0, 0, 0, v.priority, o.created_at,
               saleor_backorders_today(), now(),
               n.ordered, n.fulfilled, n.returned, n.on_hand_units
          FROM saleor_backorders_lines_now(p_lines) n
          JOIN order_orderline ol ON ol.id = n.order_line_id
          JOIN order_order o ON o.id = ol.order_id
          JOIN saleor_backorders_virtualstock v
            ON v.variant_id = p_variant AND v.channel_id = o.channel_id
         WHERE n.virtual_units > 0
           AND NOT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                            WHERE b.order_line_id = n.order_line_id)
         ORDER BY o.created_at, o.number, ol.created_at, ol.id
        RETURNING id, channel_id, quantity
    ), counted AS (
        UPDATE saleor_backorders_virtualstock v
           SET waiting_units = v.waiting_units + c.change
          FROM (SELECT channel_id, sum(quantity) AS change FROM new_row GROUP BY 1) c
         WHERE v.variant_id = p_variant AND v.channel_id = c.channel_id
    ), placed AS (
        INSERT INTO saleor_backorders_movement
               (backorder_id, variant_id, kind, quantity, cause, created_at, transaction_id)
        SELECT id, p_variant, 'placed', quantity, p_cause, now(),
               pg_current_xact_id()::text::bigint
          FROM new_row
    )
    SELECT array_agg(id) INTO fresh FROM new_row;
    RETURN fresh;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_forget_instant(p_fresh bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
    instant bigint[];
BEGIN
    SELECT array_agg(id) INTO instant
      FROM saleor_backorders_backorder WHERE id = ANY (p_fresh) AND allocated > 0;
    IF instant IS NULL THEN RETURN; END IF;
    DELETE FROM saleor_backorders_movement WHERE backorder_id = ANY (instant);
    DELETE FROM saleor_backorders_backorder WHERE id = ANY (instant) AND waiting = 0;
    WITH kept AS (
        UPDATE saleor_backorders_backorder
           SET quantity = waiting, seen_on_hand = seen_on_hand + allocated, allocated = 0,
               allocated_at = NULL
         WHERE id = ANY (instant)
        RETURNING id, variant_id, waiting
    )
    INSERT INTO saleor_backorders_movement
           (backorder_id, variant_id, kind, quantity, cause, created_at, transaction_id)
    SELECT id, variant_id, 'placed', waiting, 'order', now(), pg_current_xact_id()::text::bigint
      FROM kept;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_merge_rows(p_lines uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_step_back(p_variant integer, p_lines uuid[], p_stocks integer[], p_units integer[], p_virtuals integer[])
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_serve(p_variant integer, p_stock integer, p_free integer, p_destinations text[], p_virtuals integer[], p_cause text, OUT lines integer, OUT units integer, OUT stopped boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_take_back(p_variant integer, p_stock integer, p_units integer, p_virtuals integer[], OUT lines uuid[], OUT complete boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_serve_stocks(p_variant integer, p_stocks integer[], p_virtuals integer[], p_cause text, OUT lines integer, OUT units integer, OUT stopped boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_rescue(p_variant integer, p_virtuals integer[])
 RETURNS boolean
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_newcomers_step_back(p_variant integer, p_transaction bigint, p_virtuals integer[])
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_keep(p_variant integer, p_transaction bigint, p_stocks integer[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_today()
 RETURNS date
 LANGUAGE sql
 STABLE
AS $function$ SELECT (now() AT TIME ZONE 'UTC')::date $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_rule(p_channel integer, OUT working_days boolean, OUT safety_days integer, OUT tolerance_days integer, OUT silence_days integer, OUT dearer_at_same_price boolean)
 RETURNS record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT coalesce(own.working_days, shop.working_days, false),
           coalesce(own.safety_days, shop.safety_days, 0),
           coalesce(own.tolerance_days, shop.tolerance_days, 2),
           coalesce(own.silence_days, shop.silence_days, 0),
           coalesce(own.dearer_at_same_price, shop.dearer_at_same_price, false)
      FROM (SELECT) always
      LEFT JOIN saleor_backorders_channelrule own ON own.channel_id = p_channel
      LEFT JOIN saleor_backorders_channelrule shop ON shop.channel_id = 0
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_add_days(p_from date, p_days integer, p_working boolean)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE
AS $function$
    SELECT CASE WHEN NOT p_working OR p_days = 0 THEN p_from + p_days
           -- From the week's Monday: whole weeks, then the rest; a weekend counts as its Friday.
           ELSE p_from - (extract(isodow FROM p_from)::integer - 1)
                + 7 * ((least(extract(isodow FROM p_from)::integer, 5) - 1 + p_days) / 5)
                + (least(extract(isodow FROM p_from)::integer, 5) - 1 + p_days) % 5
           END
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_lead_on(p_from date, p_channel integer, p_lead_time_days integer)
 RETURNS date
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT saleor_backorders_add_days(p_from, p_lead_time_days + r.safety_days, r.working_days)
      FROM saleor_backorders_rule(p_channel) r
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_lead_key(p_channel integer, p_lead_time_days integer)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT concat_ws('/', p_lead_time_days, r.safety_days, r.working_days)
      FROM saleor_backorders_rule(p_channel) r
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_believed_on(p_expected date)
 RETURNS date
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT CASE WHEN p_expected >= t.today THEN p_expected
           WHEN t.today - p_expected <= coalesce(
               (SELECT overdue_days FROM saleor_backorders_channelrule WHERE channel_id = 0), 3)
           THEN t.today END
      FROM (SELECT saleor_backorders_today() AS today) t
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_supply(p_variant integer, OUT line_id bigint, OUT warehouse_id uuid, OUT day date, OUT units integer, OUT dated_on date)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT l.id, s.warehouse_id, b.day, l.to_come, l.dated_on
      FROM saleor_backorders_incomingshipmentline l
      JOIN saleor_backorders_incomingshipment s ON s.id = l.shipment_id
      CROSS JOIN LATERAL saleor_backorders_believed_on(s.expected_on) AS b (day)
     WHERE l.variant_id = p_variant AND l.to_come > 0 AND b.day IS NOT NULL
       AND s.status IN ('expected', 'partially_received')
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_supply_runs(p_variant integer, OUT lines bigint[], OUT units integer[], OUT destinations text[])
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    WITH served AS MATERIALIZED (
        SELECT w.warehouse_id, array_agg(w.destination ORDER BY w.destination) AS dest
          FROM saleor_backorders_queued_reach(p_variant) w GROUP BY 1
    ), reached AS (
        SELECT s.line_id, s.day, s.units, served.dest
          FROM saleor_backorders_supply(p_variant) s JOIN served USING (warehouse_id)
    ), marked AS (
        SELECT r.*, dest IS DISTINCT FROM lag(dest) OVER (ORDER BY day, line_id) AS begins
          FROM reached r
    ), numbered AS (
        SELECT m.*, count(*) FILTER (WHERE begins) OVER (ORDER BY day, line_id) AS run FROM marked m
    )
    SELECT array_agg(line_id ORDER BY day, line_id), array_agg(units ORDER BY day, line_id), dest
      FROM numbered GROUP BY run, dest ORDER BY run
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_match(p_variant integer, OUT backorder_id bigint, OUT line_id bigint, OUT quantity integer)
 RETURNS SETOF record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
#variable_conflict use_column
DECLARE
    total integer;
    run record;
    ids bigint[];
    left_over integer[];
    dest text[];
    took_ids bigint[];
    took_lines bigint[];
    took integer[];
BEGIN
    SELECT sum(s.units) INTO total FROM saleor_backorders_supply(p_variant) s;
    IF total IS NULL THEN RETURN; END IF;
    SELECT array_agg(h.id ORDER BY h.priority DESC, h.placed_at, h.id),
           array_agg(h.waiting ORDER BY h.priority DESC, h.placed_at, h.id),
           array_agg(h.destination ORDER BY h.priority DESC, h.placed_at, h.id)
      INTO ids, left_over, dest
      FROM (SELECT q.*, d.destination,
                   sum(q.waiting) OVER (PARTITION BY d.destination ORDER BY q.priority DESC,
                                        q.placed_at, q.id) - q.waiting AS ahead
              FROM saleor_backorders_queued_destinations(p_variant) AS d (destination)
              CROSS JOIN LATERAL (
                  SELECT b.id, b.waiting, b.priority, b.placed_at
                    FROM saleor_backorders_backorder b
                   WHERE b.variant_id = p_variant AND b.destination = d.destination
                     AND b.waiting > 0
                   ORDER BY b.priority DESC, b.placed_at, b.id LIMIT total) q) h
     WHERE h.ahead < total;
    IF ids IS NULL THEN RETURN; END IF;

    FOR run IN SELECT * FROM saleor_backorders_supply_runs(p_variant) LOOP
        WITH waiter AS (
            SELECT w.place, w.id, w.units, sum(w.units) OVER (ORDER BY w.place) AS upto
              FROM unnest(ids, left_over, dest)
                   WITH ORDINALITY AS w (id, units, destination, place)
             WHERE w.units > 0 AND w.destination = ANY (run.destinations)
        ), source AS (
            SELECT s.line_id, s.units, sum(s.units) OVER (ORDER BY s.place) AS upto
              FROM unnest(run.lines, run.units) WITH ORDINALITY AS s (line_id, units, place)
        )
        SELECT array_agg(w.id), array_agg(s.line_id),
               array_agg((least(w.upto, s.upto)
                          - greatest(w.upto - w.units, s.upto - s.units))::integer)
          INTO took_ids, took_lines, took
          FROM source s
          JOIN waiter w ON w.upto - w.units < s.upto AND s.upto - s.units < w.upto;
        IF took_ids IS NULL THEN CONTINUE; END IF;
        RETURN QUERY SELECT * FROM unnest(took_ids, took_lines, took);
        SELECT array_agg(w.units - coalesce(t.units, 0) ORDER BY w.place) INTO left_over
          FROM unnest(ids, left_over) WITH ORDINALITY AS w (id, units, place)
          LEFT JOIN (SELECT u.id, sum(u.units)::integer AS units
                       FROM unnest(took_ids, took) AS u (id, units) GROUP BY 1) t USING (id);
    END LOOP;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_has_dates_to_give(p_variant integer)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
    RETURN EXISTS (SELECT 1 FROM saleor_backorders_incomingshipmentline l
                    WHERE l.variant_id = p_variant AND l.to_come > 0)
        OR EXISTS (SELECT 1 FROM saleor_backorders_supplyassignment c WHERE c.variant_id = p_variant)
        OR EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0 AND b.expected_on IS NULL)
        OR EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0
                      AND b.expected_on < saleor_backorders_today())
        OR EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0
                      AND b.expected_source = 'incoming_shipment')
        OR EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v
                    WHERE v.variant_id = p_variant AND v.waiting_units > 0
                      AND v.dated_by <> saleor_backorders_lead_key(v.channel_id,
                                                                   v.lead_time_days));
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_slips(p_variant integer, p_today date, p_ids bigint[], p_lines bigint[], p_units integer[], OUT backorder_id bigint, OUT days integer)
 RETURNS SETOF record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH now_ AS MATERIALIZED (
        SELECT u.id, u.line_id, u.units, s.day
          FROM unnest(p_ids, p_lines, p_units) AS u (id, line_id, units)
          JOIN saleor_backorders_supply(p_variant) s USING (line_id)
    ), was AS MATERIALIZED (
        SELECT c.backorder_id AS id, c.line_id, c.quantity AS units, l.dated_on AS day
          FROM saleor_backorders_supplyassignment c
          JOIN saleor_backorders_incomingshipmentline l ON l.id = c.line_id
         WHERE c.variant_id = p_variant
    ), changed AS MATERIALIZED (
        SELECT DISTINCT id FROM now_ FULL JOIN was USING (id, line_id)
         WHERE now_.units IS DISTINCT FROM was.units
    ), whole AS MATERIALIZED (
        SELECT b.id, b.expected_on, b.dated_units - coalesce(w.units, 0) AS led_before,
               b.waiting - coalesce(n.units, 0) AS led_after,
               CASE WHEN b.expected_source = 'lead_time' AND b.expected_on >= p_today
                    THEN b.expected_on
                    ELSE greatest(b.expected_on, saleor_backorders_lead_on(
                                      p_today, b.channel_id, v.lead_time_days)) END AS lead_on
          FROM changed
          JOIN saleor_backorders_backorder b USING (id)
          JOIN saleor_backorders_virtualstock v
            ON v.variant_id = b.variant_id AND v.channel_id = b.channel_id
          LEFT JOIN (SELECT id, sum(units) AS units FROM was GROUP BY id) w USING (id)
          LEFT JOIN (SELECT id, sum(units) AS units FROM now_ GROUP BY id) n USING (id)
         WHERE b.waiting > 0 AND b.expected_on IS NOT NULL
    ), before_ AS (
        SELECT id, day, units, sum(units) OVER last_first AS upto
          FROM (SELECT w.id, w.day, w.units, w.line_id FROM was w JOIN whole USING (id)
                UNION ALL
                SELECT id, expected_on, led_before, NULL FROM whole) p
         WHERE units > 0
        WINDOW last_first AS (PARTITION BY id ORDER BY line_id IS NULL DESC, day DESC, line_id DESC)
    ), after_ AS (
        SELECT id, day, units, sum(units) OVER last_first AS upto
          FROM (SELECT n.id, n.day, n.units, n.line_id FROM now_ n JOIN whole USING (id)
                UNION ALL
                SELECT id, lead_on, led_after, NULL FROM whole) p
         WHERE units > 0
        WINDOW last_first AS (PARTITION BY id ORDER BY line_id IS NULL DESC, day DESC, line_id DESC)
    )
    SELECT c.id, max(a.day - b.day)
      FROM changed c
      LEFT JOIN after_ a ON a.id = c.id
      LEFT JOIN before_ b ON b.id = a.id AND b.upto - b.units < a.upto AND a.upto - a.units < b.upto
     GROUP BY c.id;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_agreed_on(p_order uuid, p_variant integer)
 RETURNS date
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT max((agreed ->> 'until')::date)
      FROM order_order o
      JOIN saleor_backorders_acknowledgement a
        ON a.checkout_id = CASE WHEN o.checkout_token ~ '^[0-9a-fA-F-]{36}$'
                           THEN o.checkout_token::uuid END
      CROSS JOIN LATERAL jsonb_array_elements(a.lines) AS agreed
     WHERE o.id = p_order AND (agreed ->> 'variant_id')::integer = p_variant
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_redate(p_variant integer)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
#variable_conflict use_column
DECLARE
    today date := saleor_backorders_today();
    why text := coalesce(nullif(current_setting('saleor_backorders.why', true), ''), 'queue');
    because bigint := nullif(current_setting('saleor_backorders.shipment', true), '')::bigint;
    ids bigint[];
    lines bigint[];
    units integer[];
BEGIN
    -- Nobody is asked about units that came.
    UPDATE saleor_backorders_decision d SET state = 'moot', decided_at = now()
      FROM saleor_backorders_backorder b
     WHERE d.variant_id = p_variant AND d.state = 'open'
       AND b.id = d.backorder_id AND b.waiting = 0;
    IF NOT saleor_backorders_has_dates_to_give(p_variant) THEN RETURN; END IF;

    SELECT array_agg(m.backorder_id), array_agg(m.line_id), array_agg(m.quantity)
      INTO ids, lines, units FROM saleor_backorders_match(p_variant) m;
    PERFORM saleor_backorders_date_lines(p_variant, today, ids, lines, units, why, because);

    WITH fresh AS (
        SELECT * FROM unnest(ids, lines, units) AS f (backorder_id, line_id, quantity)
    ), diff AS MATERIALIZED (
        SELECT c.id, coalesce(f.backorder_id, c.backorder_id) AS backorder_id,
               coalesce(f.line_id, c.line_id) AS line_id, f.quantity
          FROM fresh f
          FULL JOIN (SELECT * FROM saleor_backorders_supplyassignment WHERE variant_id = p_variant) c
            ON c.backorder_id = f.backorder_id AND c.line_id = f.line_id
         WHERE f.quantity IS DISTINCT FROM c.quantity
    ), gone AS (
        DELETE FROM saleor_backorders_supplyassignment c USING diff d WHERE c.id = d.id AND d.quantity IS NULL
    ), changed AS (
        UPDATE saleor_backorders_supplyassignment c SET quantity = d.quantity
          FROM diff d WHERE c.id = d.id AND d.quantity IS NOT NULL
    ), added AS (
        INSERT INTO saleor_backorders_supplyassignment (variant_id, backorder_id, line_id, quantity)
        SELECT p_variant, backorder_id, line_id, quantity FROM diff WHERE id IS NULL
    ), counted AS (
        SELECT l.id, s.day, coalesce(sum(f.quantity), 0)::integer AS promised
          FROM saleor_backorders_incomingshipmentline l
          LEFT JOIN saleor_backorders_supply(p_variant) s ON s.line_id = l.id
          LEFT JOIN fresh f ON f.line_id = l.id
         WHERE l.variant_id = p_variant AND (l.to_come > 0 OR l.promised > 0)
         GROUP BY 1, 2
    ), dated AS (
        UPDATE saleor_backorders_incomingshipmentline l
           SET promised = c.promised, dated_on = c.day
          FROM counted c
         WHERE l.id = c.id AND (l.promised, l.dated_on) IS DISTINCT FROM (c.promised, c.day)
    )
    UPDATE saleor_backorders_virtualstock v
       SET dated_by = saleor_backorders_lead_key(v.channel_id, v.lead_time_days)
     WHERE v.variant_id = p_variant
       AND v.dated_by <> saleor_backorders_lead_key(v.channel_id, v.lead_time_days);
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_date_lines(p_variant integer, p_today date, p_ids bigint[], p_lines bigint[], p_units integer[], p_why text, p_because bigint)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
#variable_conflict use_column
BEGIN
    WITH supply AS MATERIALIZED (
        SELECT * FROM saleor_backorders_supply(p_variant)
    ), fresh AS MATERIALIZED (
        SELECT u.id, u.line_id, u.units, s.day, s.day - s.dated_on AS slip
          FROM unnest(p_ids, p_lines, p_units) AS u (id, line_id, units)
          JOIN supply s USING (line_id)
    ), slip AS MATERIALIZED (
        SELECT * FROM saleor_backorders_slips(p_variant, p_today, p_ids, p_lines, p_units)
    ), stale_days AS (
        -- Days that were given and hold no longer: who was told to wait at least until then.
        SELECT l.dated_on AS day
          FROM saleor_backorders_incomingshipmentline l
          LEFT JOIN supply s ON s.line_id = l.id
         WHERE l.variant_id = p_variant AND l.dated_on IS NOT NULL
           AND s.day IS DISTINCT FROM l.dated_on
    ), by_rule AS MATERIALIZED (
        SELECT v.channel_id, v.lead_time_days, r.tolerance_days, r.silence_days, r.safety_days,
               r.working_days,
               v.dated_by <> saleor_backorders_lead_key(v.channel_id, v.lead_time_days) AS changed
          FROM saleor_backorders_virtualstock v
          CROSS JOIN LATERAL saleor_backorders_rule(v.channel_id) r
         WHERE v.variant_id = p_variant
    ), last_day AS MATERIALIZED (
        SELECT r.destination, max(s.day) AS day
          FROM saleor_backorders_queued_reach(p_variant) r
          JOIN (SELECT warehouse_id, max(day) AS day FROM supply GROUP BY 1) s USING (warehouse_id)
         GROUP BY 1
    ), concerned AS MATERIALIZED (
        SELECT backorder_id AS id FROM slip
        UNION
        SELECT id FROM fresh WHERE slip IS DISTINCT FROM 0
        UNION
        -- More or fewer wait than the same shipments cover.
        SELECT b.id FROM fresh f JOIN saleor_backorders_backorder b ON b.id = f.id
         WHERE b.dated_units <> b.waiting
        UNION
        SELECT c.backorder_id FROM saleor_backorders_supplyassignment c
         WHERE c.variant_id = p_variant
           AND (c.backorder_id, c.line_id) NOT IN (SELECT f.id, f.line_id FROM fresh f)
        UNION
        SELECT b.id FROM saleor_backorders_backorder b
         WHERE b.variant_id = p_variant AND b.waiting > 0
           AND (b.expected_on IS NULL OR b.expected_on < p_today)
        UNION
        SELECT b.id FROM saleor_backorders_backorder b
         WHERE b.variant_id = p_variant AND b.waiting > 0 AND b.expected_source = 'lead_time'
           AND (b.expected_on < (SELECT max(day) FROM last_day)
                OR b.expected_on IN (SELECT day FROM stale_days))
        UNION
        -- Served, and waiting again: what covered it is long on the shelf.
        SELECT b.id FROM saleor_backorders_backorder b
         WHERE b.variant_id = p_variant AND b.waiting > 0
           AND b.expected_source = 'incoming_shipment'
           AND b.id NOT IN (SELECT f.id FROM fresh f)
        UNION
        SELECT b.id FROM by_rule r
          JOIN saleor_backorders_backorder b
            ON b.variant_id = p_variant AND b.waiting > 0 AND b.channel_id = r.channel_id
         WHERE r.changed
    ), covered AS MATERIALIZED (
        SELECT id, sum(units) AS units, min(day) AS first_on, max(day) AS last_on,
               max(slip) AS slip
          FROM fresh GROUP BY id
    ), line AS (
        SELECT b.*, r.tolerance_days, r.silence_days, c.first_on, c.last_on,
               coalesce(s.days, c.slip) AS slip, lead.begun, ended.day AS lead_on
          FROM concerned
          JOIN saleor_backorders_backorder b USING (id)
          JOIN by_rule r ON r.channel_id = b.channel_id
          LEFT JOIN covered c ON c.id = b.id
          LEFT JOIN slip s ON s.backorder_id = b.id
          LEFT JOIN last_day l ON l.destination = b.destination
          LEFT JOIN LATERAL (
              SELECT CASE WHEN saleor_backorders_add_days(
                              f.begun, r.lead_time_days + r.safety_days, r.working_days) < p_today
                     THEN p_today ELSE f.begun END AS begun
                FROM (SELECT CASE WHEN b.expected_source = 'lead_time'
                             THEN coalesce(b.lead_from, p_today) ELSE p_today END AS begun) f
          ) lead ON b.waiting > coalesce(c.units, 0)
          -- No place behind a shipment comes before it.
          LEFT JOIN LATERAL (
              SELECT greatest(saleor_backorders_add_days(
                         lead.begun, r.lead_time_days + r.safety_days, r.working_days),
                         l.day) AS day
          ) ended ON lead.begun IS NOT NULL
         WHERE b.waiting > 0
    ), outcome AS MATERIALIZED (
        SELECT line.id, line.waiting, line.begun, line.tolerance_days, line.silence_days,
               line.promised_on IS NULL AS is_first, line.expected_on AS was_on,
               line.expected_first_on AS was_first_on, line.agreed_on,
               CASE WHEN line.lead_on IS NULL THEN line.last_on ELSE line.lead_on END AS day,
               least(line.first_on, line.lead_on) AS first_day,
               CASE WHEN line.lead_on IS NULL THEN 'incoming_shipment' ELSE 'lead_time' END
                   AS source,
               coalesce(line.promised_on,
                        saleor_backorders_agreed_on(line.order_id, p_variant),
                        line.lead_on, line.last_on) AS promised,
               line.slip AS part_slip
          FROM line
    ), judged AS MATERIALIZED (
        SELECT o.*, coalesce(o.agreed_on, o.promised) AS content_with,
               CASE WHEN o.is_first THEN 0
               ELSE greatest(coalesce(o.part_slip, 0), o.day - coalesce(o.agreed_on, o.day)) END
                   AS slip,
               o.is_first OR (o.day, o.first_day) IS DISTINCT FROM (o.was_on, o.was_first_on)
                   OR o.part_slip > 0 AS moved
          FROM outcome o
    ), written AS (
        UPDATE saleor_backorders_backorder b
           SET expected_on = j.day, expected_first_on = j.first_day, expected_source = j.source,
               lead_from = coalesce(j.begun, b.lead_from), dated_units = b.waiting,
               promised_on = j.promised,
               promised_source = CASE WHEN j.is_first THEN j.source ELSE b.promised_source END,
               agreed_on = least(j.content_with, j.day)
          FROM judged j
         WHERE b.id = j.id
           AND (j.moved OR b.dated_units <> b.waiting OR b.expected_source <> j.source
                OR b.lead_from IS DISTINCT FROM coalesce(j.begun, b.lead_from))
    ), promises AS (
        INSERT INTO saleor_backorders_promise
               (backorder_id, quantity, promised_on, first_on, source, previous_on, cause,
                shipment_id, created_at, transaction_id)
        SELECT j.id, j.waiting, CASE WHEN j.is_first THEN j.promised ELSE j.day END,
               j.first_day, j.source, j.was_on,
               CASE WHEN j.is_first THEN 'order'
                    WHEN j.was_on < p_today AND p_why = 'queue' THEN 'overdue' ELSE p_why END,
               CASE WHEN NOT j.is_first THEN p_because END, now(),
               pg_current_xact_id()::text::bigint
          FROM judged j WHERE j.moved
    ), asked AS (
        INSERT INTO saleor_backorders_decision
               (backorder_id, variant_id, state, previous_on, previous_first_on, new_on, slip_days,
                opened_at, silence_on, decided_by)
        SELECT j.id, p_variant, 'open', j.content_with, least(j.was_first_on, j.content_with),
               j.day, j.slip, now(),
               CASE WHEN j.silence_days > 0 THEN p_today + j.silence_days END, ''
          FROM judged j WHERE j.moved AND j.slip > j.tolerance_days
        ON CONFLICT (backorder_id) WHERE state = 'open'
        DO UPDATE SET new_on = excluded.new_on, slip_days = excluded.slip_days,
                      -- Asked anew, the customer has all of the time to answer.
                      silence_on = excluded.silence_on
    )
    -- A slip that was made good again needs no answer.
    UPDATE saleor_backorders_decision d SET state = 'moot', decided_at = now()
      FROM judged j
     WHERE d.backorder_id = j.id AND d.state = 'open' AND j.moved
       AND j.slip <= j.tolerance_days AND j.day <= d.previous_on + j.tolerance_days
       AND j.first_day <= d.previous_first_on + j.tolerance_days;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_lock(p_variants integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
DECLARE
    bucket integer;
BEGIN
    FOR bucket IN SELECT DISTINCT u.v % 512 FROM unnest(p_variants) AS u (v) ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock(5456463, bucket);
    END LOOP;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_virtual_quantity(p_limit integer, p_until date, p_waiting integer)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
    SELECT CASE WHEN p_until < (now() AT TIME ZONE 'UTC')::date THEN p_waiting
           ELSE greatest(p_limit, p_waiting) END
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_waited_for(p_variant integer)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
    SELECT EXISTS (SELECT 1 FROM saleor_backorders_backorder b
                    WHERE b.variant_id = p_variant AND b.waiting > 0)
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_calm(p_variant integer)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_unmark(p_variant integer)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    DELETE FROM saleor_backorders_allocationchange WHERE variant_id = p_variant;
    DELETE FROM saleor_backorders_dirtyvariant WHERE variant_id = p_variant;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_put_off(p_variant integer, p_why text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    INSERT INTO saleor_backorders_dirtyvariant (transaction_id, variant_id, put_off, created_at)
    VALUES (pg_current_xact_id()::text::bigint, p_variant, left(p_why, 200), now())
    ON CONFLICT (transaction_id, variant_id) DO UPDATE SET put_off = excluded.put_off
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_rebalance(p_variant integer, p_cause text, OUT lines integer, OUT units integer, OUT put_off text)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_at_commit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_overdue(p_most integer)
 RETURNS SETOF integer
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
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
        SELECT m.variant_id FROM saleor_backorders_dirtyvariant m WHERE m.put_off <> ''
        UNION
        SELECT w.variant_id FROM waited_for w
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_physical_stocks(w.variant_id) s
                        WHERE s.quantity > 0 AND s.quantity >
                              saleor_backorders_allocated(s.stock_id)
                              + saleor_backorders_reserved(s.stock_id, NULL))
    ) due
    ORDER BY variant_id % 512, variant_id LIMIT p_most
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_undated(p_most integer)
 RETURNS SETOF integer
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT DISTINCT variant_id FROM (
        SELECT b.variant_id FROM saleor_backorders_backorder b
         WHERE b.waiting > 0
           AND (b.expected_on IS NULL OR b.expected_on < saleor_backorders_today())
        UNION ALL
        -- Believed until now, and no longer; or dated by another day than the one believed today.
        SELECT l.variant_id
          FROM saleor_backorders_incomingshipmentline l
          JOIN saleor_backorders_incomingshipment s ON s.id = l.shipment_id
         WHERE l.promised > 0
           AND l.dated_on IS DISTINCT FROM saleor_backorders_believed_on(s.expected_on)
    ) due
    LIMIT p_most
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_broken(OUT rule text, OUT variant_id integer, OUT detail text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    WITH on_virtual AS (
        SELECT a.order_line_id, v.variant_id, v.channel_id, sum(a.quantity_allocated) AS units
          FROM warehouse_allocation a
          JOIN saleor_backorders_virtualstock v ON v.stock_id = a.stock_id
         GROUP BY 1, 2, 3 HAVING sum(a.quantity_allocated) > 0
    ), physical_stock AS (
        SELECT v.variant_id, s.stock_id, s.warehouse_id, s.quantity,
               saleor_backorders_allocated(s.stock_id) AS allocated,
               saleor_backorders_reserved(s.stock_id, NULL) AS reserved
          FROM (SELECT DISTINCT vs.variant_id FROM saleor_backorders_virtualstock vs) v
          CROSS JOIN LATERAL saleor_backorders_physical_stocks(v.variant_id) s
    ), moved AS (
        SELECT m.backorder_id,
               coalesce(sum(m.quantity) FILTER (WHERE m.kind = 'placed'), 0) AS placed,
               coalesce(sum(m.quantity) FILTER (WHERE m.kind IN ('fulfilled', 'forced')), 0)
               - coalesce(sum(m.quantity) FILTER (WHERE m.kind = 'reopened'), 0) AS sent,
               coalesce(sum(m.quantity) FILTER (WHERE m.kind = 'cancelled'), 0) AS cancelled
          FROM saleor_backorders_movement m GROUP BY 1
    )
    SELECT 'ledger differs from allocations', coalesce(b.variant_id, a.variant_id),
           format('line %s: ledger says %s wait, the virtual row holds %s',
                  coalesce(b.order_line_id, a.order_line_id),
                  coalesce(b.waiting, 0), coalesce(a.units, 0))
      FROM (SELECT * FROM saleor_backorders_backorder WHERE waiting > 0) b
      FULL JOIN on_virtual a ON a.order_line_id = b.order_line_id
     WHERE coalesce(b.waiting, 0) <> coalesce(a.units, 0)
    UNION ALL
    SELECT 'shelf is over-allocated', s.variant_id,
           format('stock %s: %s on the shelf, %s allocated', s.stock_id, s.quantity, s.allocated)
      FROM physical_stock s
     WHERE s.allocated > greatest(s.quantity, 0)
       AND EXISTS (SELECT 1 FROM warehouse_allocation a
                     JOIN order_orderline ol ON ol.id = a.order_line_id
                     JOIN order_order o ON o.id = ol.order_id
                     JOIN saleor_backorders_virtualstock v
                       ON v.variant_id = s.variant_id AND v.channel_id = o.channel_id
                    WHERE a.stock_id = s.stock_id AND a.quantity_allocated > 0)
    UNION ALL
    SELECT 'units are free while somebody waits', s.variant_id,
           format('stock %s: %s free, wanted for %s', s.stock_id,
                  s.quantity - s.allocated - s.reserved, d.destination)
      FROM physical_stock s
      CROSS JOIN LATERAL saleor_backorders_queued_destinations(s.variant_id)
                 AS d (destination)
     WHERE s.quantity - s.allocated - s.reserved > 0
       AND s.warehouse_id IN (SELECT saleor_backorders_reach(d.destination))
    UNION ALL
    SELECT 'virtual row has the wrong quantity', v.variant_id,
           format('stock %s: quantity %s, should be %s', v.stock_id,
                  coalesce(s.quantity::text, 'missing'),
                  saleor_backorders_virtual_quantity(v.limit_units, v.until, v.waiting_units))
      FROM saleor_backorders_virtualstock v
      LEFT JOIN warehouse_stock s ON s.id = v.stock_id
     WHERE s.quantity IS DISTINCT FROM
           saleor_backorders_virtual_quantity(v.limit_units, v.until, v.waiting_units)
    UNION ALL
    SELECT 'waiting units are miscounted', v.variant_id,
           format('channel %s: counted %s, the ledger has %s', v.channel_id, v.waiting_units,
                  coalesce(w.units, 0))
      FROM saleor_backorders_virtualstock v
      LEFT JOIN (SELECT b.variant_id, b.channel_id, sum(b.waiting) AS units
                   FROM saleor_backorders_backorder b WHERE b.waiting > 0 GROUP BY 1, 2) w
        ON w.variant_id = v.variant_id AND w.channel_id = v.channel_id
     WHERE v.waiting_units <> coalesce(w.units, 0)
    UNION ALL
    SELECT 'ledger differs from its movements', b.variant_id,
           format('backorder %s: quantity %s, fulfilled %s, cancelled %s; moved %s, %s, %s', b.id,
                  b.quantity, b.fulfilled, b.cancelled,
                  coalesce(m.placed, 0), coalesce(m.sent, 0), coalesce(m.cancelled, 0))
      FROM saleor_backorders_backorder b
      LEFT JOIN moved m ON m.backorder_id = b.id
     WHERE (b.quantity, b.fulfilled, b.cancelled) IS DISTINCT FROM
           (coalesce(m.placed, 0), coalesce(m.sent, 0), coalesce(m.cancelled, 0))
    UNION ALL
    SELECT 'virtual row without a policy', s.product_variant_id,
           format('stock %s in warehouse %s', s.id, s.warehouse_id)
      FROM warehouse_stock s
      JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = s.warehouse_id
     WHERE s.id >= 1000000000
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v WHERE v.stock_id = s.id)
    UNION ALL
    SELECT 'put off for the sweep', m.variant_id, m.put_off
      FROM saleor_backorders_dirtyvariant m WHERE m.put_off <> ''
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_broken_dates(OUT rule text, OUT variant_id integer, OUT detail text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO @schema@, 'pg_temp'
AS $function$
    SELECT 'somebody waits without a date', b.variant_id, format('backorder %s', b.id)
      FROM saleor_backorders_backorder b
     WHERE b.waiting > 0 AND (b.expected_on IS NULL OR b.promised_on IS NULL)
    UNION ALL
    SELECT 'a first promise was not written down', b.variant_id, format('backorder %s', b.id)
      FROM saleor_backorders_backorder b
     WHERE b.promised_on IS NOT NULL
       AND b.promised_on IS DISTINCT FROM (
               SELECT p.promised_on FROM saleor_backorders_promise p
                WHERE p.backorder_id = b.id ORDER BY p.id LIMIT 1)
    UNION ALL
    SELECT 'more is promised than is to come', l.variant_id,
           format('shipment line %s: %s to come, %s promised', l.id, l.to_come, l.promised)
      FROM saleor_backorders_incomingshipmentline l WHERE l.promised > l.to_come
    UNION ALL
    SELECT 'promised units are miscounted', l.variant_id,
           format('shipment line %s: counted %s, the covers have %s', l.id, l.promised,
                  coalesce(c.units, 0))
      FROM saleor_backorders_incomingshipmentline l
      LEFT JOIN (SELECT line_id, sum(quantity) AS units FROM saleor_backorders_supplyassignment GROUP BY 1) c
        ON c.line_id = l.id
     WHERE l.promised <> coalesce(c.units, 0)
    UNION ALL
    SELECT 'more is covered than waits', c.variant_id,
           format('backorder %s: %s covered, %s wait', c.backorder_id, c.units,
                  coalesce(b.waiting, 0))
      FROM (SELECT variant_id, backorder_id, sum(quantity) AS units
              FROM saleor_backorders_supplyassignment GROUP BY 1, 2) c
      LEFT JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
     WHERE c.units > coalesce(b.waiting, 0)
$function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_repair(p_variant integer, OUT lines integer, OUT units integer, OUT put_off text)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO @schema@, 'pg_temp'
AS $function$
#variable_conflict use_column
DECLARE
    suspect uuid[];
    part record;
BEGIN
    PERFORM saleor_backorders_lock(ARRAY[p_variant]);
    PERFORM set_config('saleor_backorders.busy', 'on', true);
    SELECT array_agg(DISTINCT s.id) INTO suspect FROM (
        SELECT b.order_line_id AS id FROM saleor_backorders_backorder b
         WHERE b.variant_id = p_variant AND b.waiting > 0
        UNION ALL
        SELECT a.order_line_id FROM warehouse_allocation a
          JOIN saleor_backorders_virtualstock v
            ON v.stock_id = a.stock_id AND v.variant_id = p_variant) s;
    IF suspect IS NOT NULL THEN
        PERFORM saleor_backorders_merge_rows(suspect);
        PERFORM saleor_backorders_sync(p_variant, suspect, 'repair');
    END IF;
    UPDATE saleor_backorders_virtualstock v
       SET waiting_units = (SELECT coalesce(sum(b.waiting), 0)
                              FROM saleor_backorders_backorder b
                             WHERE b.variant_id = p_variant AND b.channel_id = v.channel_id
                               AND b.waiting > 0)
     WHERE v.variant_id = p_variant;
    PERFORM set_config('saleor_backorders.busy', '', true);
    part := saleor_backorders_rebalance(p_variant, 'repair');
    lines := part.lines; units := part.units; put_off := part.put_off;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_promise()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT told.kind, format('%s:%s:%s', told.kind, told.order_id, told.transaction_id),
           min(told.channel_id), told.order_id, array_agg(told.id ORDER BY told.id), now(), now(),
           told.transaction_id
      FROM (SELECT CASE WHEN p.previous_on IS NOT NULL THEN 'earlier'
                        WHEN EXISTS (SELECT 1 FROM saleor_backorders_movement v
                                      WHERE v.backorder_id = p.backorder_id
                                        AND v.kind = 'placed' AND v.cause = 'shortage')
                        THEN 'delayed' ELSE 'placed' END AS kind,
                   b.order_id, b.channel_id, b.id, p.transaction_id
              FROM new_rows p
              JOIN saleor_backorders_backorder b ON b.id = p.backorder_id
             WHERE p.previous_on IS NULL
                OR p.promised_on < p.previous_on
                   AND p.promised_on < p.previous_on - (
                       SELECT r.tolerance_days FROM saleor_backorders_rule(b.channel_id) r)) told
     GROUP BY told.kind, told.order_id, told.transaction_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_movement()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT told.kind, format('%s:%s:%s', told.kind, told.order_id, told.transaction_id),
           min(told.channel_id), told.order_id, array_agg(told.id), now(), now(),
           told.transaction_id
      FROM (SELECT CASE WHEN v.kind = 'allocated' THEN 'allocated' ELSE 'delayed' END AS kind,
                   b.order_id, b.channel_id, b.id, v.transaction_id
              FROM new_rows v
              JOIN saleor_backorders_backorder b ON b.id = v.backorder_id
             WHERE v.kind IN ('allocated', 'withdrawn') AND b.promised_on IS NOT NULL) told
     GROUP BY told.kind, told.order_id, told.transaction_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_question()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'delayed', format('delayed:%s:%s', b.order_id, pg_current_xact_id()),
           min(b.channel_id), b.order_id, array_agg(b.id ORDER BY b.id), now(), now(),
           pg_current_xact_id()::text::bigint
      FROM new_rows d
      JOIN saleor_backorders_backorder b ON b.id = d.backorder_id
     WHERE d.state = 'open'
     GROUP BY b.order_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_question_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'delayed', format('delayed:%s:%s', b.order_id, pg_current_xact_id()),
           min(b.channel_id), b.order_id, array_agg(b.id ORDER BY b.id), now(), now(),
           pg_current_xact_id()::text::bigint
      FROM new_rows d
      JOIN old_rows was ON was.id = d.id
      JOIN saleor_backorders_backorder b ON b.id = d.backorder_id
     WHERE d.state = 'open' AND d.new_on > was.new_on
     GROUP BY b.order_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_cancellation()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, about_ids, due_at, created_at,
            transaction_id)
    SELECT 'cancelled', format('cancelled:%s:%s', c.order_id, pg_current_xact_id()),
           b.channel_id, c.order_id, ARRAY[c.backorder_id], ARRAY[c.id], now(), now(),
           pg_current_xact_id()::text::bigint
      FROM (SELECT NEW.*) c
      JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
    ON CONFLICT (key) DO UPDATE
       SET backorder_ids = m.backorder_ids || excluded.backorder_ids,
           about_ids = m.about_ids || excluded.about_ids;
    RETURN NULL;
END $function$;
CREATE OR REPLACE FUNCTION @schema@.saleor_backorders_on_refund()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO @schema@, 'pg_temp'
AS $function$
BEGIN
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, order_id, backorder_ids, about_ids, due_at, created_at,
            transaction_id)
    SELECT news.kind, news.key, b.channel_id, NEW.order_id, ARRAY[b.id], ARRAY[NEW.id], now(),
           now(), pg_current_xact_id()::text::bigint
      FROM (VALUES (CASE WHEN NEW.state = 'refunded' THEN 'refunded' ELSE 'refund_failed' END,
                    CASE WHEN NEW.state = 'refunded' THEN format('refunded:%s', NEW.id)
                    ELSE format('refund_failed:%s:%s', NEW.id, NEW.attempts) END))
           AS news (kind, key)
      JOIN saleor_backorders_cancellation c ON c.id = NEW.cancellation_id
      JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
    -- The refund's row is held: nobody else writes a key of it.
    ON CONFLICT (key) DO NOTHING;
    RETURN NULL;
END $function$;
CREATE TRIGGER saleor_backorders_stock_inserted AFTER INSERT ON @schema@.warehouse_stock REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_stock_updated AFTER UPDATE ON @schema@.warehouse_stock REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_stock_deleted AFTER DELETE ON @schema@.warehouse_stock REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_stock();
CREATE TRIGGER saleor_backorders_allocation_inserted AFTER INSERT ON @schema@.warehouse_allocation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_allocation_updated AFTER UPDATE ON @schema@.warehouse_allocation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_allocation_deleted AFTER DELETE ON @schema@.warehouse_allocation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_allocation();
CREATE TRIGGER saleor_backorders_reservation_updated AFTER UPDATE ON @schema@.warehouse_reservation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_reservation();
CREATE TRIGGER saleor_backorders_reservation_deleted AFTER DELETE ON @schema@.warehouse_reservation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_reservation();
CREATE TRIGGER saleor_backorders_order_redirected AFTER UPDATE ON @schema@.order_order FOR EACH ROW WHEN (((old.shipping_address_id IS DISTINCT FROM new.shipping_address_id) OR (old.billing_address_id IS DISTINCT FROM new.billing_address_id) OR (old.collection_point_id IS DISTINCT FROM new.collection_point_id) OR (old.channel_id IS DISTINCT FROM new.channel_id))) EXECUTE FUNCTION @schema@.saleor_backorders_on_order();
CREATE TRIGGER saleor_backorders_address_moved AFTER UPDATE ON @schema@.account_address FOR EACH ROW WHEN (((old.country)::text IS DISTINCT FROM (new.country)::text)) EXECUTE FUNCTION @schema@.saleor_backorders_on_address();
CREATE TRIGGER saleor_backorders_supply_announced AFTER INSERT ON @schema@.saleor_backorders_incomingshipmentline REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_announcement();
CREATE TRIGGER saleor_backorders_supply_dropped AFTER DELETE ON @schema@.saleor_backorders_incomingshipmentline FOR EACH ROW EXECUTE FUNCTION @schema@.saleor_backorders_on_shipment_line();
CREATE TRIGGER saleor_backorders_supply_changed AFTER UPDATE ON @schema@.saleor_backorders_incomingshipmentline FOR EACH ROW WHEN (((old.to_come IS DISTINCT FROM new.to_come) OR (old.variant_id IS DISTINCT FROM new.variant_id))) EXECUTE FUNCTION @schema@.saleor_backorders_on_shipment_line();
CREATE TRIGGER saleor_backorders_supply_moved AFTER UPDATE ON @schema@.saleor_backorders_incomingshipment FOR EACH ROW WHEN (((old.expected_on IS DISTINCT FROM new.expected_on) OR ((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.warehouse_id IS DISTINCT FROM new.warehouse_id))) EXECUTE FUNCTION @schema@.saleor_backorders_on_shipment();
CREATE TRIGGER saleor_backorders_lead_time_changed AFTER UPDATE ON @schema@.saleor_backorders_virtualstock FOR EACH ROW WHEN (((new.waiting_units > 0) AND (old.lead_time_days <> new.lead_time_days))) EXECUTE FUNCTION @schema@.saleor_backorders_on_lead_time();
CREATE CONSTRAINT TRIGGER saleor_backorders_mark_at_commit AFTER INSERT ON @schema@.saleor_backorders_dirtyvariant DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.put_off)::text = ''::text)) EXECUTE FUNCTION @schema@.saleor_backorders_at_commit();
CREATE TRIGGER saleor_backorders_promise_told AFTER INSERT ON @schema@.saleor_backorders_promise REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_promise();
CREATE TRIGGER saleor_backorders_movement_told AFTER INSERT ON @schema@.saleor_backorders_movement REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_movement();
CREATE TRIGGER saleor_backorders_question_told AFTER INSERT ON @schema@.saleor_backorders_decision REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_question();
CREATE TRIGGER saleor_backorders_question_changed AFTER UPDATE ON @schema@.saleor_backorders_decision REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @schema@.saleor_backorders_on_question_changed();
CREATE TRIGGER saleor_backorders_cancellation_told AFTER INSERT ON @schema@.saleor_backorders_cancellation FOR EACH ROW EXECUTE FUNCTION @schema@.saleor_backorders_on_cancellation();
CREATE TRIGGER saleor_backorders_refund_settled AFTER UPDATE ON @schema@.saleor_backorders_refund FOR EACH ROW WHEN ((((new.state)::text = 'refunded'::text) AND ((old.state)::text <> 'refunded'::text))) EXECUTE FUNCTION @schema@.saleor_backorders_on_refund();
CREATE TRIGGER saleor_backorders_refund_stuck AFTER UPDATE ON @schema@.saleor_backorders_refund FOR EACH ROW WHEN ((((new.state)::text <> 'refunded'::text) AND (new.next_attempt_at IS NULL) AND (old.next_attempt_at IS NOT NULL))) EXECUTE FUNCTION @schema@.saleor_backorders_on_refund();
CREATE TRIGGER saleor_backorders_refund_by_hand AFTER INSERT ON @schema@.saleor_backorders_refund FOR EACH ROW WHEN (((new.next_attempt_at IS NULL) AND ((new.state)::text <> 'refunded'::text))) EXECUTE FUNCTION @schema@.saleor_backorders_on_refund();
