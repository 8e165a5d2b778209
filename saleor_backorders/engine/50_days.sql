-- How days are counted, and which supply is believed.
-- Purpose: today, the rule of a channel, lead times, and the shipments that may be promised.
-- Locks: none.
-- Rows: see each function.
-- Cost: a look into an index for each channel or shipment line.

-- The day it is, the same all over the world.
CREATE FUNCTION saleor_backorders_today() RETURNS date
LANGUAGE sql STABLE AS $$ SELECT (now() AT TIME ZONE 'UTC')::date $$;

-- How a channel counts and what it tolerates: its own rule, else the shop's, else the default.
CREATE FUNCTION saleor_backorders_rule(
    p_channel integer, OUT working_days boolean, OUT safety_days integer,
    OUT tolerance_days integer, OUT silence_days integer, OUT dearer_at_same_price boolean
) LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT coalesce(own.working_days, shop.working_days, false),
           coalesce(own.safety_days, shop.safety_days, 0),
           coalesce(own.tolerance_days, shop.tolerance_days, 2),
           coalesce(own.silence_days, shop.silence_days, 0),
           coalesce(own.dearer_at_same_price, shop.dearer_at_same_price, false)
      FROM (SELECT) always
      LEFT JOIN saleor_backorders_channelrule own ON own.channel_id = p_channel
      LEFT JOIN saleor_backorders_channelrule shop ON shop.channel_id = 0
$$;

-- A day so many days later; Saturdays and Sundays do not count where only working days do.
CREATE FUNCTION saleor_backorders_add_days(
    p_from date, p_days integer, p_working boolean
) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN NOT p_working OR p_days = 0 THEN p_from + p_days
           -- From the week's Monday: whole weeks, then the rest; a weekend counts as its Friday.
           ELSE p_from - (extract(isodow FROM p_from)::integer - 1)
                + 7 * ((least(extract(isodow FROM p_from)::integer, 5) - 1 + p_days) / 5)
                + (least(extract(isodow FROM p_from)::integer, 5) - 1 + p_days) % 5
           END
$$;

-- When a unit comes of which no shipment is known, by the lead time that began on a day.
CREATE FUNCTION saleor_backorders_lead_on(
    p_from date, p_channel integer, p_lead_time_days integer
) RETURNS date LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT saleor_backorders_add_days(p_from, p_lead_time_days + r.safety_days, r.working_days)
      FROM saleor_backorders_rule(p_channel) r
$$;

-- The lead time of a channel as a text: where it differs, those who wait by it are dated anew.
CREATE FUNCTION saleor_backorders_lead_key(
    p_channel integer, p_lead_time_days integer
) RETURNS text LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT concat_ws('/', p_lead_time_days, r.safety_days, r.working_days)
      FROM saleor_backorders_rule(p_channel) r
$$;

-- The day on which a shipment is believed to come: not before today; null once it is overdue for
-- longer than the shop believes.
CREATE FUNCTION saleor_backorders_believed_on(p_expected date) RETURNS date
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT CASE WHEN p_expected >= t.today THEN p_expected
           WHEN t.today - p_expected <= coalesce(
               (SELECT overdue_days FROM saleor_backorders_channelrule WHERE channel_id = 0), 3)
           THEN t.today END
      FROM (SELECT saleor_backorders_today() AS today) t
$$;

-- What is on its way of a variant and may be promised, by shipment line.
CREATE FUNCTION saleor_backorders_supply(
    p_variant integer, OUT line_id bigint, OUT warehouse_id uuid, OUT day date,
    OUT units integer, OUT dated_on date
) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @schema@, pg_temp AS $$
    SELECT l.id, s.warehouse_id, b.day, l.to_come, l.dated_on
      FROM saleor_backorders_incomingshipmentline l
      JOIN saleor_backorders_incomingshipment s ON s.id = l.shipment_id
      CROSS JOIN LATERAL saleor_backorders_believed_on(s.expected_on) AS b (day)
     WHERE l.variant_id = p_variant AND l.to_come > 0 AND b.day IS NOT NULL
       AND s.status IN ('expected', 'partially_received')
$$;
