-- What the sweep has to date, and what must hold of dates.

-- Variants with a waiting line that has no date, or one that has passed.
CREATE OR REPLACE FUNCTION saleor_backorders_undated(p_most integer) RETURNS SETOF integer
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

-- Every broken rule about dates and supply, one a row, as saleor_backorders_broken does.
-- Locks: none; it reads one snapshot.
CREATE OR REPLACE FUNCTION saleor_backorders_broken_dates(
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
      LEFT JOIN (SELECT line_id, sum(quantity) AS units FROM saleor_backorders_cover GROUP BY 1) c
        ON c.line_id = l.id
     WHERE l.promised <> coalesce(c.units, 0)
    UNION ALL
    SELECT 'more is covered than waits', c.variant_id,
           format('backorder %s: %s covered, %s wait', c.backorder_id, c.units,
                  coalesce(b.waiting, 0))
      FROM (SELECT variant_id, backorder_id, sum(quantity) AS units
              FROM saleor_backorders_cover GROUP BY 1, 2) c
      LEFT JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
     WHERE c.units > coalesce(b.waiting, 0)
$$;
