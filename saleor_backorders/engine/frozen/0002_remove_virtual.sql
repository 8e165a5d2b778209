-- Leave Saleor's tables as they were: no virtual stock rows, warehouses or addresses.
-- Purpose: the end of an uninstallation.  The caller has made sure that nothing waits.
-- Locks: row locks on what it deletes.  Shipments that once named a virtual row keep no stock,
--   as Saleor itself does when a stock row is deleted.
UPDATE order_fulfillmentline SET stock_id = NULL
 WHERE stock_id IN (SELECT stock_id FROM saleor_backorders_virtualstock);
DELETE FROM warehouse_allocation a USING saleor_backorders_virtualstock v
 WHERE a.stock_id = v.stock_id AND a.quantity_allocated = 0;
DELETE FROM warehouse_reservation r USING saleor_backorders_virtualstock v
 WHERE r.stock_id = v.stock_id;
DELETE FROM warehouse_stock s USING saleor_backorders_virtualwarehouse w
 WHERE s.warehouse_id = w.warehouse_id;
DELETE FROM saleor_backorders_virtualstock;
DELETE FROM warehouse_channelwarehouse c USING saleor_backorders_virtualwarehouse w
 WHERE c.warehouse_id = w.warehouse_id;
DELETE FROM warehouse_warehouse_shipping_zones z USING saleor_backorders_virtualwarehouse w
 WHERE z.warehouse_id = w.warehouse_id;
WITH gone AS (
    DELETE FROM warehouse_warehouse h USING saleor_backorders_virtualwarehouse w
     WHERE h.id = w.warehouse_id RETURNING h.address_id
)
DELETE FROM account_address a USING gone g WHERE a.id = g.address_id;
DELETE FROM saleor_backorders_virtualwarehouse;
