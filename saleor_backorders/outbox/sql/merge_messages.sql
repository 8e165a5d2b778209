-- Purpose: let a claimed message tell what later ones of the same kind and order would tell,
--   whether they were claimed with it or are still to be.
-- Parameters: ids (claimed messages).
-- Locks: the later rows, with SKIP LOCKED.
-- Rows: id of each message that took others over.
-- Cost: the messages of the same orders, by index.
WITH later AS MATERIALIZED (
    SELECT l.id, m.id AS into_id, l.backorder_ids, l.about_ids
      FROM saleor_backorders_message m
      JOIN saleor_backorders_message l
        ON l.order_id = m.order_id AND l.kind = m.kind AND l.id > m.id
       AND (l.state = 'pending' OR l.id = ANY (%(ids)s))
     WHERE m.id = ANY (%(ids)s)
       FOR UPDATE OF l SKIP LOCKED
), gone AS (
    UPDATE saleor_backorders_message l
       SET state = 'skipped', settled_at = statement_timestamp(),
           last_error = 'told with message ' || g.into_id
      FROM (SELECT id, min(into_id) AS into_id FROM later GROUP BY id) g
     WHERE l.id = g.id
)
UPDATE saleor_backorders_message m
   SET backorder_ids = m.backorder_ids || t.backorder_ids, about_ids = m.about_ids || t.about_ids
  FROM (SELECT l.into_id,
               coalesce(array_agg(b.id) FILTER (WHERE b.id IS NOT NULL), '{}') AS backorder_ids,
               coalesce(array_agg(a.id) FILTER (WHERE a.id IS NOT NULL), '{}') AS about_ids
          FROM (SELECT id, min(into_id) AS into_id, backorder_ids, about_ids
                  FROM later GROUP BY id, backorder_ids, about_ids) l
          LEFT JOIN LATERAL unnest(l.backorder_ids) AS b (id) ON true
          LEFT JOIN LATERAL unnest(l.about_ids) AS a (id) ON true
         GROUP BY l.into_id) t
 WHERE m.id = t.into_id
RETURNING m.id
