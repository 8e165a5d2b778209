-- The matching: waiting units in the order of the queue against supply in the order of its dates.
-- Purpose: the same that serving the shelves would do, if each shipment arrived on its day.
-- Locks: none; the caller holds the queue's lock.
-- Rows: see each function.
-- Cost: follows what is on its way, not what waits.

-- Which supply lines serve the same destinations, in the order of their dates.
-- Rows: one a run of such lines; in most shops every shelf serves everybody, and there is one run.
CREATE FUNCTION saleor_backorders_supply_runs(
    p_variant integer, OUT lines bigint[], OUT units integer[], OUT destinations text[]
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
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
$$;

-- Which shipment line is expected to serve how many units of whom.
-- Purpose: the same that serving the shelves would do, if each shipment arrived on its day.
-- Parameters: the variant.  Locks: none; the caller holds the queue's lock.
-- Rows: one a backorder and shipment line.
-- Cost: follows what is on its way, not what waits: no destination is read further than that.
CREATE FUNCTION saleor_backorders_match(
    p_variant integer, OUT backorder_id bigint, OUT line_id bigint, OUT quantity integer
) RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = @schema@, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
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
END $$;
