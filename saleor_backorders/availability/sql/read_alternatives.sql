-- Purpose: find in-stock variants to offer instead of each asked one: of the same product
--   first, then those that staff linked, then the rest of the same category and product type by
--   nearness of price.
-- Parameters: variant_ids and destinations (of one length; a destination is that of a
--   backorder: channel/country/collection point), metadata_key, most (alternatives of each),
--   first_virtual (the least id of a virtual stock row), now.
-- Locks: none.
-- Rows: up to `most` for each asked pair, best first.
-- Cost: of a category, the 2,000 newest products are looked at (shared out where a page asks
--   for several categories); of what remains for one variant, units are counted from the best
--   down, and only until enough are found: 60 times at most.
WITH asked AS MATERIALIZED (
    SELECT DISTINCT
        item.variant_id,
        item.destination,
        split_part(item.destination, '/', 1)::integer AS channel_id
    FROM unnest(%(variant_ids)s::integer[], %(destinations)s::text[])
        AS item (variant_id, destination)
),
reach AS MATERIALIZED (
    -- Once for each place, since it costs more than to count what lies there.
    SELECT
        place.destination,
        ARRAY(SELECT saleor_backorders_reach(place.destination)) AS warehouses
    FROM (SELECT DISTINCT destination FROM asked) AS place
),
subject AS MATERIALIZED (
    SELECT
        asked.*,
        reach.warehouses,
        product.id AS product_id,
        product.category_id,
        product.product_type_id,
        variant.metadata ->> %(metadata_key)s::text AS links_of_variant,
        product.metadata ->> %(metadata_key)s::text AS links_of_product,
        coalesce(priced.discounted_price_amount, priced.price_amount) AS price
    FROM asked
    JOIN reach ON reach.destination = asked.destination
    JOIN product_productvariant AS variant ON variant.id = asked.variant_id
    JOIN product_product AS product ON product.id = variant.product_id
    LEFT JOIN product_productvariantchannellisting AS priced
        ON priced.variant_id = variant.id AND priced.channel_id = asked.channel_id
),
link AS (
    -- What is written on the variant goes before what is written on its product.
    SELECT subject.variant_id AS asked_id, subject.channel_id, entry.name,
        list.place * 50 + entry.place AS place
    FROM subject
    CROSS JOIN LATERAL (VALUES (0, links_of_variant), (1, links_of_product)) AS list (place, names)
    CROSS JOIN LATERAL (
        SELECT named.name, named.place
        FROM regexp_split_to_table(btrim(list.names, E', \t\r\n'), '[,\s]+')
            WITH ORDINALITY AS named (name, place)
        LIMIT 50
    ) AS entry
),
linked AS MATERIALIZED (
    SELECT link.asked_id, link.channel_id, found.id, min(link.place) AS place
    FROM link
    CROSS JOIN LATERAL (
        -- The limits keep these to the indexes of SKU and slug.
        (SELECT id FROM product_productvariant WHERE sku = link.name LIMIT 1)
        UNION ALL
        (
            SELECT variant.id
            FROM product_productvariant AS variant
            WHERE variant.product_id
                = (SELECT id FROM product_product WHERE slug = link.name LIMIT 1)
            ORDER BY variant.sort_order, variant.id
            LIMIT 50
        )
    ) AS found
    GROUP BY link.asked_id, link.channel_id, found.id
),
stock_mates AS MATERIALIZED (
    SELECT DISTINCT channel_id, category_id, product_type_id
    FROM subject
    WHERE category_id IS NOT NULL
),
pool AS (
    SELECT subject.channel_id, variant.id
    FROM subject
    JOIN product_productvariant AS variant ON variant.product_id = subject.product_id
    UNION
    SELECT channel_id, id FROM linked
    UNION
    SELECT stock_mates.channel_id, variant.id
    FROM stock_mates
    CROSS JOIN LATERAL (
        SELECT id
        FROM product_product AS product
        WHERE product.category_id = stock_mates.category_id
            AND product.product_type_id = stock_mates.product_type_id
        -- By an expression, so that nobody walks all products from the newest to find these.
        ORDER BY product.id + 0 DESC
        LIMIT (SELECT greatest(2000 / greatest(count(*), 1), 50) FROM stock_mates)
    ) AS product
    JOIN product_productvariant AS variant ON variant.product_id = product.id
),
goods AS MATERIALIZED (
    SELECT
        pool.channel_id,
        variant.id,
        variant.name AS variant_name,
        variant.sort_order,
        variant.track_inventory AS is_tracked,
        product.id AS product_id,
        product.name AS product_name,
        product.category_id,
        product.product_type_id,
        coalesce(priced.discounted_price_amount, priced.price_amount) AS price
    FROM pool
    JOIN channel_channel AS channel ON channel.id = pool.channel_id
    JOIN product_productvariant AS variant ON variant.id = pool.id
    JOIN product_product AS product ON product.id = variant.product_id
    JOIN product_producttype AS kind ON kind.id = product.product_type_id
    JOIN product_productvariantchannellisting AS priced
        ON priced.variant_id = variant.id AND priced.channel_id = channel.id
    JOIN product_productchannellisting AS listing
        ON listing.product_id = product.id AND listing.channel_id = channel.id
    WHERE channel.is_active
        AND priced.price_amount IS NOT NULL
        AND listing.is_published
        AND coalesce(listing.published_at <= %(now)s, true)
        AND listing.available_for_purchase_at <= %(now)s
        AND kind.kind <> 'gift_card'
        AND NOT (
            variant.is_preorder
            AND (variant.preorder_end_date IS NULL OR variant.preorder_end_date >= %(now)s)
        )
        AND (
            NOT variant.track_inventory
            OR EXISTS (
                SELECT 1
                FROM warehouse_stock AS stock
                WHERE stock.product_variant_id = variant.id
                    AND stock.quantity > 0
                    AND stock.id < %(first_virtual)s
            )
        )
        -- Free units that somebody waits for are on their way to them.
        AND NOT EXISTS (
            SELECT 1
            FROM saleor_backorders_virtualstock AS policy
            WHERE policy.variant_id = variant.id
                AND policy.channel_id = channel.id
                AND policy.waiting_units > 0
        )
),
per_checkout AS MATERIALIZED (
    SELECT min(limit_quantity_per_checkout) AS units FROM site_sitesettings
)
SELECT
    subject.variant_id AS asked_id,
    subject.destination,
    best.id AS variant_id,
    best.product_name,
    best.variant_name,
    best.price,
    CASE
        WHEN best.is_tracked THEN least(best.free_stock, per_checkout.units)
        ELSE coalesce(per_checkout.units, 50)
    END AS units
FROM subject
CROSS JOIN per_checkout
CROSS JOIN LATERAL (
    SELECT ranked.*, room.free_stock
    FROM (
        SELECT
            goods.*,
            CASE
                WHEN goods.product_id = subject.product_id THEN 0
                WHEN linked.id IS NOT NULL THEN linked.place
                ELSE 1000
            END AS place,
            abs(goods.price - subject.price) AS distance
        FROM goods
        LEFT JOIN linked
            ON linked.id = goods.id
            AND linked.asked_id = subject.variant_id
            AND linked.channel_id = subject.channel_id
        WHERE goods.channel_id = subject.channel_id
            AND goods.id <> subject.variant_id
            AND (
                goods.product_id = subject.product_id
                OR linked.id IS NOT NULL
                OR (
                    goods.category_id = subject.category_id
                    AND goods.product_type_id = subject.product_type_id
                )
            )
        ORDER BY place, distance, goods.sort_order, goods.id
        LIMIT 60
    ) AS ranked
    CROSS JOIN LATERAL (
        -- As saleor_backorders_room counts it.
        SELECT coalesce(sum(greatest(
            stock.quantity - saleor_backorders_allocated(stock.id)
            - saleor_backorders_reserved(stock.id, NULL), 0
        )), 0)::integer AS free_stock
        FROM warehouse_stock AS stock
        WHERE stock.product_variant_id = ranked.id
            AND stock.warehouse_id = ANY (subject.warehouses)
    ) AS room
    WHERE NOT ranked.is_tracked OR room.free_stock > 0
    ORDER BY ranked.place, ranked.distance, ranked.sort_order, ranked.id
    LIMIT %(most)s
) AS best
ORDER BY subject.variant_id, subject.destination, best.place, best.distance, best.sort_order,
    best.id
