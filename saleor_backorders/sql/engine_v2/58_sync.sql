-- The ledger follows Saleor, as before; new rows get their dates from saleor_backorders_redate.

-- Bring the ledger rows of some lines of one variant in step with Saleor.
-- Parameters: the variant, the lines, the cause to write into the movements.
-- Locks: the caller holds the variant's queue lock, so nobody else writes these rows.
-- Rows: the ledger ids that are new.
CREATE OR REPLACE FUNCTION saleor_backorders_sync(
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
              b.waiting, b.allocated, b.fulfilled, b.seen_on_shelf,
              now_.virtual_units, now_.shelf_units, now_.is_off,
              least(greatest(now_.returned - b.seen_returned, 0),
                    greatest(now_.fulfilled - b.seen_fulfilled, 0))
                  + greatest(b.seen_quantity - now_.ordered, 0),
              greatest(b.seen_fulfilled - now_.fulfilled, 0)) s
    ), stepped AS (
        UPDATE saleor_backorders_backorder b
           SET waiting = s.waiting, allocated = s.allocated, fulfilled = s.fulfilled,
               cancelled = b.cancelled + s.cancelled, quantity = b.quantity + s.placed,
               seen_on_shelf = s.on_shelf, seen_quantity = s.ordered, seen_fulfilled = s.sent,
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
                seen_quantity, seen_fulfilled, seen_returned, seen_on_shelf)
        SELECT ol.id, o.id, o.number, p_variant, o.channel_id,
               saleor_backorders_destination(o.id), ol.product_name, ol.variant_name,
               ol.product_sku, n.virtual_units, n.virtual_units, 0, 0, 0, v.priority, o.created_at,
               saleor_backorders_today(), now(),
               n.ordered, n.fulfilled, n.returned, n.shelf_units
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
