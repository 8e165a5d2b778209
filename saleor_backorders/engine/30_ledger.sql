-- The ledger follows what Saleor did to the lines of one variant.
-- Purpose: a row a line that waits or waited, a movement for every unit that changed its state.
-- Locks: the caller holds the variant's queue lock, so that nobody else writes these rows.
-- Rows: see each function.
-- Cost: follows the lines that are named, never the queue.

-- One line's step: from what the ledger says and what Saleor now says to what moved.
-- Purpose: pure arithmetic.  Units that left were given up (the order is off, its quantity was
--   lowered, unshipped units were refunded) or shipped (everything else).  Shipped units come
--   first from those that never waited; given-up units first from those that still wait.
-- Parameters: the four counts of the ledger row before, units now on the virtual row and on
--   shelves, whether the order is off, units that may have been given up, units of shipments
--   called back.
CREATE FUNCTION saleor_backorders_step(
    INOUT waiting integer, INOUT allocated integer, INOUT fulfilled integer,
    INOUT on_hand integer, now_virtual integer, now_on_hand integer, is_off boolean,
    given_up integer, called_back integer,
    OUT placed integer, OUT given integer, OUT withdrawn integer, OUT shipped integer,
    OUT forced integer, OUT reopened integer, OUT cancelled integer
) LANGUAGE plpgsql IMMUTABLE AS $$
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
END $$;

-- What Saleor says of some lines now.
-- Rows: one a line; a line that is gone, or whose variant is, has is_off.
CREATE FUNCTION saleor_backorders_lines_now(
    p_lines uuid[], OUT order_line_id uuid, OUT is_off boolean, OUT ordered integer,
    OUT fulfilled integer, OUT returned integer, OUT virtual_units integer,
    OUT on_hand_units integer
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- Bring the ledger rows of some lines of one variant in step with Saleor.
-- Parameters: the variant, the lines, the cause to write into the movements.
-- Locks: the caller holds the variant's queue lock, so nobody else writes these rows.
-- Rows: the ledger ids that are new.
CREATE FUNCTION saleor_backorders_sync(
    p_variant integer, p_lines uuid[], p_cause text
) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
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
END $$;

-- Rows that this transaction began and that were served in it at once never waited: forget them.
-- A shopper who had to step back behind a queue, and was served from it at once, is no backorder.
CREATE FUNCTION saleor_backorders_forget_instant(p_fresh bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = @schema@, pg_temp AS $$
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
END $$;
