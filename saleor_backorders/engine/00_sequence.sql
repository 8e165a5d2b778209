-- Ids of virtual stock rows.
-- Purpose: they have to sort after every physical row, since Saleor locks and deallocates in id
--   order; warehouse_stock.id is int4, which leaves more than a thousand million.
-- Locks: none.
-- Rows: none.
-- Cost: none.
CREATE SEQUENCE saleor_backorders_virtual_stock_id
    AS integer START WITH 1000000000 MINVALUE 1000000000;
