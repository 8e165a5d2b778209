-- Dates: each waiting line's, from the matching; what moved, and who has to be asked.
-- Purpose: covers, expected dates, promises and decisions of one variant.
-- Locks: none; the caller holds the queue's lock, and nobody writes these rows without it.
-- Rows: see each function.
-- Cost: a few looks into indexes where nothing moved; else what is on its way and who it concerns.

-- Whether a variant has anything to date: somebody new, supply or who was promised some, a date
-- that passed, another rule.
-- A few looks into indexes, however long the queue is.
CREATE FUNCTION saleor_backorders_has_dates_to_give(p_variant integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = @schema@, pg_temp SET enable_seqscan = off AS $$
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
END $$;

-- How many days the worst-hit unit of each line slips, where other shipments serve it than before.
-- Purpose: units are told apart by their place from the end of the line, since what arrives is
--   taken from its front.
-- Parameters: the variant; the matching as it is now (the covers hold the one before).
-- Rows: one a line whose shipments changed and of which units wait before and after.
CREATE FUNCTION saleor_backorders_slips(
    p_variant integer, p_today date, p_ids bigint[], p_lines bigint[], p_units integer[],
    OUT backorder_id bigint, OUT days integer
) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = @schema@, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
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
END $$;

-- The day to which a shopper agreed before an order was made of the checkout: the first promise is
-- what they were shown, where that was written down.
CREATE FUNCTION saleor_backorders_agreed_on(p_order uuid, p_variant integer)
RETURNS date
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT max((agreed ->> 'until')::date)
      FROM order_order o
      JOIN saleor_backorders_acknowledgement a
        ON a.checkout_id = CASE WHEN o.checkout_token ~ '^[0-9a-fA-F-]{36}$'
                           THEN o.checkout_token::uuid END
      CROSS JOIN LATERAL jsonb_array_elements(a.lines) AS agreed
     WHERE o.id = p_order AND (agreed ->> 'variant_id')::integer = p_variant
$$;

-- Date every line of a variant that supply, demand, priority or policy moved.
-- Purpose: covers, expected dates, promises and decisions, in two statements for the whole queue.
-- Parameters: the variant.  The cause, and the shipment, are what the service that changed
--   something has left in saleor_backorders.why and saleor_backorders.shipment.
-- Locks: none; the caller holds the queue's lock, and nobody writes these rows without it.
CREATE FUNCTION saleor_backorders_redate(p_variant integer) RETURNS void
LANGUAGE plpgsql SET search_path = @schema@, pg_temp SET plan_cache_mode = force_custom_plan AS $$
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
END $$;

-- The part of the above that writes dates: see there.
CREATE FUNCTION saleor_backorders_date_lines(
    p_variant integer, p_today date, p_ids bigint[], p_lines bigint[], p_units integer[],
    p_why text, p_because bigint
) RETURNS void
LANGUAGE plpgsql SET search_path = @schema@, pg_temp SET plan_cache_mode = force_custom_plan AS $$
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
END $$;
