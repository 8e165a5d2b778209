-- Take everything away that the files before this one put into the database.
DROP TRIGGER IF EXISTS saleor_backorders_stock_inserted ON warehouse_stock;
DROP TRIGGER IF EXISTS saleor_backorders_stock_updated ON warehouse_stock;
DROP TRIGGER IF EXISTS saleor_backorders_stock_deleted ON warehouse_stock;
DROP TRIGGER IF EXISTS saleor_backorders_allocation_inserted ON warehouse_allocation;
DROP TRIGGER IF EXISTS saleor_backorders_allocation_updated ON warehouse_allocation;
DROP TRIGGER IF EXISTS saleor_backorders_allocation_deleted ON warehouse_allocation;
DROP TRIGGER IF EXISTS saleor_backorders_reservation_updated ON warehouse_reservation;
DROP TRIGGER IF EXISTS saleor_backorders_reservation_deleted ON warehouse_reservation;
DROP TRIGGER IF EXISTS saleor_backorders_order_redirected ON order_order;
DROP TRIGGER IF EXISTS saleor_backorders_address_moved ON account_address;
DROP TRIGGER IF EXISTS saleor_backorders_mark_at_commit ON saleor_backorders_mark;
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.proname LIKE 'saleor\_backorders\_%' AND p.prokind = 'f'
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', f);
    END LOOP;
END $$;
