-- Purpose: tell which orders of a channel wait beyond the day that was promised, and which are
--   promised for the next days while no shipment covers all that waits.
-- Parameters: channel_id, today, until (the last of the next days), most.
-- Locks: none.
-- Rows: the latest orders, at most so many: order_number, products and variants (names, of
--   equal length), units (that wait), due_on, is_late; late and soon: how many orders there are
--   of each.
-- Cost: grows with the backorders of the channel that wait.
WITH due AS (
    SELECT b.id, b.order_id, b.order_number, b.product_name, b.variant_name, b.waiting,
           least(b.promised_on, b.expected_on) AS due_on
      FROM saleor_backorders_backorder b
     WHERE b.channel_id = %(channel_id)s AND b.waiting > 0
       AND least(b.promised_on, b.expected_on) <= %(until)s::date
       AND (least(b.promised_on, b.expected_on) < %(today)s::date
            OR b.waiting > (SELECT coalesce(sum(c.quantity), 0)
                              FROM saleor_backorders_supplyassignment c
                             WHERE c.backorder_id = b.id))
),
orders AS (
    SELECT order_id, min(order_number) AS order_number,
           array_agg(product_name ORDER BY id) AS products,
           array_agg(variant_name ORDER BY id) AS variants,
           sum(waiting)::integer AS units, min(due_on) AS due_on,
           min(due_on) < %(today)s::date AS is_late
      FROM due
     GROUP BY order_id
)
SELECT order_number, products, variants, units, due_on, is_late,
       count(*) FILTER (WHERE is_late) OVER () AS late,
       count(*) FILTER (WHERE NOT is_late) OVER () AS soon
  FROM orders
 ORDER BY due_on, order_number, order_id
 LIMIT %(most)s
