-- Ids of virtual stock rows.  They have to sort after every physical row, since Saleor locks and
-- deallocates in id order; warehouse_stock.id is int4, which leaves more than a thousand million.
CREATE SEQUENCE IF NOT EXISTS saleor_backorders_virtual_stock_id
    AS integer START WITH 1000000000 MINVALUE 1000000000;
