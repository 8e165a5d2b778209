-- Which shelves may serve which order, and what is free on them.
-- Purpose: Saleor's own rule of who is served from where, with our virtual rows left out; every
--   other file asks here.
-- Locks: none.
-- Rows: see each function.
-- Cost: a look into an index for each warehouse, shelf or destination; never a read of a queue.

-- Whether shipping zones decide which warehouse serves a country.
CREATE FUNCTION saleor_backorders_zones_matter() RETURNS boolean
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    -- Saleor 3.23 can leave shipping zones out of stock availability; before, they always count.
    SELECT coalesce(bool_or(coalesce(
        (to_jsonb(s) ->> 'use_legacy_shipping_zone_stock_availability')::boolean, true)), true)
      FROM site_sitesettings s
$$;

-- The physical warehouses that may serve an order of a channel to a country, or to a collection
-- point: Saleor's own rule, with our virtual warehouses left out.
CREATE FUNCTION saleor_backorders_reach(
    p_channel integer, p_country text, p_point uuid
) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- "<channel>/<country>/<collection point or nothing>" of an order; the country as Saleor finds it.
CREATE FUNCTION saleor_backorders_destination(p_order uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT concat_ws('/', o.channel_id,
                     coalesce(nullif(ship.country, ''), nullif(bill.country, ''), c.default_country),
                     coalesce(o.collection_point_id::text, ''))
      FROM order_order o
      JOIN channel_channel c ON c.id = o.channel_id
      LEFT JOIN account_address ship ON ship.id = o.shipping_address_id
      LEFT JOIN account_address bill ON bill.id = o.billing_address_id
     WHERE o.id = p_order
$$;

-- The same for a destination as the ledger writes it.
CREATE FUNCTION saleor_backorders_reach(p_destination text) RETURNS SETOF uuid
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT saleor_backorders_reach(split_part(p_destination, '/', 1)::integer,
                                   split_part(p_destination, '/', 2),
                                   nullif(split_part(p_destination, '/', 3), '')::uuid)
$$;

-- Units of a stock row that running checkouts hold, other than the one named.
CREATE FUNCTION saleor_backorders_reserved(p_stock integer, p_checkout text)
RETURNS integer
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT coalesce(sum(r.quantity_reserved), 0)::integer
      FROM warehouse_reservation r
      JOIN checkout_checkoutline cl ON cl.id = r.checkout_line_id
     WHERE r.stock_id = p_stock AND r.reserved_until > now()
       AND cl.checkout_id::text IS DISTINCT FROM p_checkout
$$;

-- Planned without knowing the row, it would read the whole table where most units wait for one.
CREATE FUNCTION saleor_backorders_allocated(p_stock integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
    -- The sum, never the row's own quantity_allocated: that one drifts in Saleor itself.
    SELECT coalesce(sum(a.quantity_allocated), 0)::integer
      FROM warehouse_allocation a WHERE a.stock_id = p_stock
$$;

-- How many units of a variant an order could have now, and how many more may wait for it.
CREATE FUNCTION saleor_backorders_room(
    p_variant integer, p_channel integer, p_country text, p_point uuid, p_checkout text,
    OUT free_stock integer, OUT may_wait integer
) LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- The destinations for which a variant is waited for: a skip scan over the queue's index.
CREATE FUNCTION saleor_backorders_queued_destinations(p_variant integer)
RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- The physical stock rows of a variant.
-- Without rights or a search path of its own, so that it becomes part of the statement that asks;
-- OFFSET keeps what is asked of a shelf from being asked of a virtual row, which may hold
-- a million.
CREATE FUNCTION saleor_backorders_physical_stocks(
    p_variant integer, OUT stock_id integer, OUT warehouse_id uuid, OUT quantity integer
) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
    SELECT s.id, s.warehouse_id, s.quantity
      FROM warehouse_stock s
     WHERE s.product_variant_id = p_variant
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualstock v WHERE v.stock_id = s.id)
       AND NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                        WHERE vw.warehouse_id = s.warehouse_id)
    OFFSET 0
$$;

-- Which warehouse may serve which destination that somebody waits for.
CREATE FUNCTION saleor_backorders_queued_reach(
    p_variant integer, OUT destination text, OUT warehouse_id uuid
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT d.destination, r.warehouse_id
      FROM saleor_backorders_queued_destinations(p_variant) AS d (destination)
      CROSS JOIN LATERAL saleor_backorders_reach(d.destination) AS r (warehouse_id)
$$;
