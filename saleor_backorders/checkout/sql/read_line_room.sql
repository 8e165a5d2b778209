-- Purpose: tell, while Saleor allocates an order line under its locks, how much of the variant
--   the order still needs and how much it may have; nothing where backorders have no say.
-- Parameters: line (order line id), quantity (of the allocation in the making).
-- Locks: none; the caller holds the variant's stock rows.
-- Rows: at most one: variant_id, need, free_stock, may_wait.
-- Cost: the lines and allocations of one order, and the stock rows of one variant.
SELECT line.variant_id,
       -- An edited line is saved after its allocations are made: look at both.
       greatest((SELECT sum(l.quantity - l.quantity_fulfilled)
                   FROM order_orderline l
                  WHERE l.order_id = line.order_id AND l.variant_id = line.variant_id)
                - (SELECT coalesce(sum(a.quantity_allocated), 0)
                     FROM warehouse_allocation a
                     JOIN order_orderline l ON l.id = a.order_line_id
                    WHERE l.order_id = line.order_id AND l.variant_id = line.variant_id),
                %(quantity)s)::integer AS need,
       room.free_stock, room.may_wait
  FROM order_orderline line
  JOIN order_order o ON o.id = line.order_id
  JOIN saleor_backorders_virtualstock v
    ON v.variant_id = line.variant_id AND v.channel_id = o.channel_id
  JOIN product_productvariant variant ON variant.id = line.variant_id
  CROSS JOIN LATERAL saleor_backorders_destination(o.id) AS destination
  CROSS JOIN LATERAL saleor_backorders_room(
      line.variant_id, o.channel_id, split_part(destination, '/', 2),
      nullif(split_part(destination, '/', 3), '')::uuid, o.checkout_token) AS room
 -- A preorder that ends brings units which were sold already.
 WHERE line.id = %(line)s AND NOT variant.is_preorder
