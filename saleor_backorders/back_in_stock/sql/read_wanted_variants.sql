-- Purpose: find which variants somebody waits to hear of while units of them lie on a shelf.
-- Parameters: first_virtual.
-- Locks: none.
-- Rows: variant and channel. Whether a unit is free there is another statement's.
-- Cost: one step through the index of the open sign-ups for each variant and channel.
WITH RECURSIVE wanted AS (
    (SELECT s.variant_id, s.channel_id
       FROM saleor_backorders_backinstocksubscription s
      WHERE s.told_at IS NULL AND s.confirmed_at IS NOT NULL
      ORDER BY s.variant_id, s.channel_id LIMIT 1)
    UNION ALL
    SELECT following.variant_id, following.channel_id
      FROM wanted w
      CROSS JOIN LATERAL (
          SELECT s.variant_id, s.channel_id
            FROM saleor_backorders_backinstocksubscription s
           WHERE s.told_at IS NULL AND s.confirmed_at IS NOT NULL
             AND (s.variant_id, s.channel_id) > (w.variant_id, w.channel_id)
           ORDER BY s.variant_id, s.channel_id LIMIT 1) following
)
SELECT w.variant_id, w.channel_id
  FROM wanted w
  JOIN product_productvariant v ON v.id = w.variant_id
 WHERE (NOT v.track_inventory
        -- Not EXISTS, which would be planned as a scan of all the shop's shelves.
        OR (SELECT true FROM warehouse_stock s
             WHERE s.product_variant_id = w.variant_id AND s.quantity > 0
               AND s.id < %(first_virtual)s LIMIT 1))
   -- What the last commit put off may still go to an order that waits.
   AND NOT EXISTS (SELECT 1 FROM saleor_backorders_dirtyvariant m WHERE m.variant_id = w.variant_id)
