-- What the sweep has to look at, what must hold, and the way to make it hold again.
-- Purpose: the sweep, `manage.py backorders check` and `manage.py backorders repair`.
-- Locks: none but in `repair`; a check reads one snapshot, so run it in a transaction of its own.
-- Rows: one a variant, or one a broken rule.
-- Cost: the sweep's looks follow the variants that wait; a check reads everything.

-- What the sweep has to look at: variants put off, and variants that wait while a shelf has units
-- (a reservation ran out, a zone or a warehouse was linked, a trigger was off).
CREATE FUNCTION saleor_backorders_overdue(p_most integer) RETURNS SETOF integer
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
        SELECT m.variant_id FROM saleor_backorders_dirtyvariant m WHERE m.put_off <> ''
        UNION
        SELECT w.variant_id FROM waited_for w
         WHERE EXISTS (SELECT 1 FROM saleor_backorders_physical_stocks(w.variant_id) s
                        WHERE s.quantity > 0 AND s.quantity >
                              saleor_backorders_allocated(s.stock_id)
                              + saleor_backorders_reserved(s.stock_id, NULL))
    ) due
    ORDER BY variant_id % 512, variant_id LIMIT p_most
$$;

-- Variants with a waiting line that has no date, or one that has passed.
CREATE FUNCTION saleor_backorders_undated(p_most integer) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- Every broken invariant, one a row: which rule, of which variant, and what was found.
-- Rows that are in the wrong place are another statement's: policy_misplaced_rows.
CREATE FUNCTION saleor_backorders_broken(
    OUT rule text, OUT variant_id integer, OUT detail text
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- Every broken rule about dates and supply, one a row, as saleor_backorders_broken does.
-- Locks: none; it reads one snapshot.
CREATE FUNCTION saleor_backorders_broken_dates(
    OUT rule text, OUT variant_id integer, OUT detail text
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- Bring every line of a variant in step, whatever was missed, and then rebalance.
-- Locks and rows: as saleor_backorders_rebalance.
CREATE FUNCTION saleor_backorders_repair(
    p_variant integer, OUT lines integer, OUT units integer, OUT put_off text
) LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
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
END $$;
