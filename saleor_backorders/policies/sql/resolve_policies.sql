-- Purpose: resolve the policy of variants in channels; field by field the narrowest scope that
--   sets it wins: variant, product, category (nearest ancestor first), channel, and the
--   plugin's settings for the channels that they concern.
-- Parameters: active, default_channels (slugs, empty for all), default_allow, default_limit,
--   default_lead_time_days, default_priority, no_limit, today; variants, channels: ids to look
--   at, null for all; narrowest: the scope below which rules are not looked at; changed_only:
--   leave out what the virtual stock rows say already, and what needs no row.
-- Locks: none.
-- Rows: variant_id, channel_id, allow (the rule), admits (whether anybody new may wait),
--   limit_units, lead_time_days, discount_percent, priority, until, low_stock, scope (that
--   decides allow).
-- Cost: grows with the pairs that are looked at; for all variants one pass over what the
--   channels sell.
WITH pair AS (
    -- Where a variant is sold, or was when it got its row; a named variant always.
    SELECT l.variant_id, l.channel_id
      FROM product_productvariantchannellisting l
     WHERE (%(variants)s::integer[] IS NULL OR l.variant_id = ANY (%(variants)s))
    UNION
    SELECT v.variant_id, v.channel_id
      FROM saleor_backorders_virtualstock v
     WHERE (%(variants)s::integer[] IS NULL OR v.variant_id = ANY (%(variants)s))
    UNION
    SELECT named.variant_id, c.id
      FROM unnest(%(variants)s::integer[]) AS named (variant_id)
      JOIN channel_channel c ON c.id = ANY (%(channels)s::integer[])
     WHERE NOT %(changed_only)s
),
channel_default AS (
    SELECT c.id AS channel_id,
           (cardinality(%(default_channels)s::text[]) = 0
            OR c.slug = ANY (%(default_channels)s::text[])) AS concerned
      FROM channel_channel c
     WHERE %(channels)s::integer[] IS NULL OR c.id = ANY (%(channels)s)
),
category_rule AS (
    -- Each field from the nearest ancestor that sets it: the last of the path's array.
    SELECT p.channel_id, c.id AS category_id,
           (array_agg(p.allow ORDER BY a.level DESC) FILTER (WHERE p.allow IS NOT NULL))[1]
               AS allow,
           (array_agg(p.limit_units ORDER BY a.level DESC) FILTER (WHERE p.limit_is_set))[1]
               AS limit_units,
           bool_or(p.limit_is_set) AS limit_is_set,
           (array_agg(p.lead_time_days ORDER BY a.level DESC)
               FILTER (WHERE p.lead_time_days IS NOT NULL))[1] AS lead_time_days,
           (array_agg(p.discount_percent ORDER BY a.level DESC)
               FILTER (WHERE p.discount_percent IS NOT NULL))[1] AS discount_percent,
           (array_agg(p.priority ORDER BY a.level DESC)
               FILTER (WHERE p.priority IS NOT NULL))[1] AS priority,
           (array_agg(p.until ORDER BY a.level DESC) FILTER (WHERE p.until IS NOT NULL))[1]
               AS until,
           (array_agg(p.low_stock ORDER BY a.level DESC)
               FILTER (WHERE p.low_stock IS NOT NULL))[1] AS low_stock
      FROM saleor_backorders_backorderpolicy p
      JOIN product_category a ON a.id = p.target_id
      JOIN product_category c
        ON c.tree_id = a.tree_id AND c.lft BETWEEN a.lft AND a.rght
     WHERE p.scope = 'category'
     GROUP BY p.channel_id, c.id
),
resolved AS (
    SELECT pair.variant_id, pair.channel_id,
           coalesce(v.allow, p.allow, c.allow, ch.allow, %(default_allow)s AND d.concerned)
               AS allow,
           CASE WHEN v.limit_is_set THEN coalesce(v.limit_units, %(no_limit)s)
                WHEN p.limit_is_set THEN coalesce(p.limit_units, %(no_limit)s)
                WHEN c.limit_is_set THEN coalesce(c.limit_units, %(no_limit)s)
                WHEN ch.limit_is_set THEN coalesce(ch.limit_units, %(no_limit)s)
                ELSE coalesce(%(default_limit)s::integer, %(no_limit)s) END AS limit_units,
           coalesce(v.lead_time_days, p.lead_time_days, c.lead_time_days, ch.lead_time_days,
                    %(default_lead_time_days)s) AS lead_time_days,
           coalesce(v.discount_percent, p.discount_percent, c.discount_percent,
                    ch.discount_percent, 0) AS discount_percent,
           coalesce(v.priority, p.priority, c.priority, ch.priority, %(default_priority)s)
               AS priority,
           coalesce(v.until, p.until, c.until, ch.until) AS until,
           coalesce(v.low_stock, p.low_stock, c.low_stock, ch.low_stock, 0) AS low_stock,
           CASE WHEN v.allow IS NOT NULL THEN 'variant'
                WHEN p.allow IS NOT NULL THEN 'product'
                WHEN c.allow IS NOT NULL THEN 'category'
                ELSE 'channel' END AS scope,
           coalesce(sold.price_amount IS NOT NULL
                    AND variant.track_inventory
                    AND NOT (variant.is_preorder
                             AND (variant.preorder_end_date IS NULL
                                  OR variant.preorder_end_date > now()))
                    AND type.kind <> 'gift_card'
                    AND NOT type.is_digital, false) AS can_wait
      FROM pair
      JOIN channel_default d ON d.channel_id = pair.channel_id
      JOIN product_productvariant variant ON variant.id = pair.variant_id
      JOIN product_product product ON product.id = variant.product_id
      JOIN product_producttype type ON type.id = product.product_type_id
      LEFT JOIN product_productvariantchannellisting sold
        ON sold.variant_id = pair.variant_id AND sold.channel_id = pair.channel_id
      LEFT JOIN saleor_backorders_backorderpolicy v
        ON v.channel_id = pair.channel_id AND v.scope = 'variant'
       AND v.target_id = pair.variant_id AND %(narrowest)s = 'variant'
      LEFT JOIN saleor_backorders_backorderpolicy p
        ON p.channel_id = pair.channel_id AND p.scope = 'product'
       AND p.target_id = variant.product_id AND %(narrowest)s IN ('variant', 'product')
      LEFT JOIN category_rule c
        ON c.channel_id = pair.channel_id AND c.category_id = product.category_id
       AND %(narrowest)s <> 'channel'
      LEFT JOIN saleor_backorders_backorderpolicy ch
        ON ch.channel_id = pair.channel_id AND ch.scope = 'channel'
),
decided AS (
    SELECT r.*,
           (r.allow AND r.can_wait AND %(active)s
            AND (r.until IS NULL OR r.until >= %(today)s::date)) AS admits
      FROM resolved r
)
SELECT d.variant_id, d.channel_id, d.allow, d.admits, d.limit_units, d.lead_time_days,
       d.discount_percent, d.priority, d.until, d.low_stock, d.scope
  FROM decided d
  LEFT JOIN saleor_backorders_virtualstock had
    ON had.variant_id = d.variant_id AND had.channel_id = d.channel_id
 WHERE NOT %(changed_only)s
    OR (d.admits AND had.stock_id IS NULL)
    OR (had.stock_id IS NOT NULL
        AND ((had.allow, had.limit_units, had.lead_time_days, had.discount_percent,
              had.priority, had.until, had.low_stock)
             IS DISTINCT FROM
             (d.admits, CASE WHEN d.admits THEN d.limit_units ELSE 0 END, d.lead_time_days,
              d.discount_percent, d.priority, d.until, d.low_stock)
             OR (NOT EXISTS (SELECT 1 FROM warehouse_stock s WHERE s.id = had.stock_id)
                 AND (d.admits OR had.waiting_units > 0))))
 ORDER BY d.variant_id, d.channel_id
