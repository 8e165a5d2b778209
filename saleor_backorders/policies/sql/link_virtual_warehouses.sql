-- Purpose: put each virtual warehouse in its own channel alone, last in the channel's order,
--   and in exactly the zones of the channel that the channel's physical warehouses serve.
-- Parameters: none.
-- Locks: the link rows that change.
-- Rows: what was done, and to how many links.
-- Cost: the links of channels, warehouses and zones; nothing that grows with what is sold.
WITH physical AS (
    SELECT cw.channel_id, cw.warehouse_id, cw.sort_order, cw.id
      FROM warehouse_channelwarehouse cw
     WHERE NOT EXISTS (SELECT 1 FROM saleor_backorders_virtualwarehouse vw
                        WHERE vw.warehouse_id = cw.warehouse_id)
),
place AS (
    SELECT vw.channel_id, vw.warehouse_id
      FROM saleor_backorders_virtualwarehouse vw
      JOIN channel_channel c ON c.id = vw.channel_id
      JOIN warehouse_warehouse w ON w.id = vw.warehouse_id
),
last_place AS (
    -- Rows without a position sort after all that have one, by id.
    SELECT place.channel_id, place.warehouse_id,
           CASE WHEN bool_or(physical.sort_order IS NULL AND physical.id IS NOT NULL) THEN NULL
                ELSE coalesce(max(physical.sort_order), -1) + 1 END AS sort_order,
           max(physical.id) FILTER (WHERE physical.sort_order IS NULL) AS after_id
      FROM place
      LEFT JOIN physical USING (channel_id)
     GROUP BY place.channel_id, place.warehouse_id, physical.channel_id
),
misplaced AS (
    SELECT cw.id
      FROM warehouse_channelwarehouse cw
      JOIN saleor_backorders_virtualwarehouse vw ON vw.warehouse_id = cw.warehouse_id
      LEFT JOIN last_place ON last_place.channel_id = cw.channel_id
                          AND last_place.warehouse_id = cw.warehouse_id
     WHERE last_place.warehouse_id IS NULL
        OR (cw.sort_order IS NOT NULL
            AND (last_place.sort_order IS NULL OR cw.sort_order < last_place.sort_order))
        OR (cw.sort_order IS NULL AND cw.id < last_place.after_id)
),
out_of_channel AS (
    DELETE FROM warehouse_channelwarehouse cw USING misplaced
     WHERE cw.id = misplaced.id
       AND NOT EXISTS (SELECT 1 FROM place WHERE place.channel_id = cw.channel_id
                                             AND place.warehouse_id = cw.warehouse_id)
    RETURNING cw.id
),
to_the_end AS (
    UPDATE warehouse_channelwarehouse cw
       SET sort_order = last_place.sort_order,
           id = CASE WHEN last_place.sort_order IS NULL
                THEN nextval(pg_get_serial_sequence('warehouse_channelwarehouse', 'id'))
                ELSE cw.id END
      FROM misplaced, last_place
     WHERE cw.id = misplaced.id AND last_place.channel_id = cw.channel_id
       AND last_place.warehouse_id = cw.warehouse_id
    RETURNING cw.id
),
into_channel AS (
    INSERT INTO warehouse_channelwarehouse (channel_id, warehouse_id, sort_order)
    SELECT last_place.channel_id, last_place.warehouse_id, last_place.sort_order
      FROM last_place
     WHERE NOT EXISTS (SELECT 1 FROM warehouse_channelwarehouse cw
                        WHERE cw.channel_id = last_place.channel_id
                          AND cw.warehouse_id = last_place.warehouse_id)
        ON CONFLICT DO NOTHING
    RETURNING id
),
served AS (
    SELECT DISTINCT place.warehouse_id, wz.shippingzone_id
      FROM place
      JOIN physical USING (channel_id)
      JOIN warehouse_warehouse_shipping_zones wz ON wz.warehouse_id = physical.warehouse_id
      JOIN shipping_shippingzone_channels zc
        ON zc.shippingzone_id = wz.shippingzone_id AND zc.channel_id = place.channel_id
),
out_of_zone AS (
    DELETE FROM warehouse_warehouse_shipping_zones wz
     USING saleor_backorders_virtualwarehouse vw
     WHERE vw.warehouse_id = wz.warehouse_id
       AND NOT EXISTS (SELECT 1 FROM served
                        WHERE served.warehouse_id = wz.warehouse_id
                          AND served.shippingzone_id = wz.shippingzone_id)
    RETURNING wz.id
),
into_zone AS (
    INSERT INTO warehouse_warehouse_shipping_zones (warehouse_id, shippingzone_id)
    SELECT warehouse_id, shippingzone_id FROM served
        ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT 'left a channel' AS what, count(*) FROM out_of_channel
UNION ALL
SELECT 'moved to the end', count(*) FROM to_the_end
UNION ALL
SELECT 'entered a channel', count(*) FROM into_channel
UNION ALL
SELECT 'left a zone', count(*) FROM out_of_zone
UNION ALL
SELECT 'entered a zone', count(*) FROM into_zone
