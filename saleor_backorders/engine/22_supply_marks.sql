-- Supply is marked as stock is: whoever changes it, its queue is dated at COMMIT.
-- Purpose: triggers on our own tables, for shipments, their lines and lead times.
-- Locks: none that anybody else waits for.
-- Rows: one mark a variant and transaction.
-- Cost: as 20_marks.

-- Something more is on its way.
CREATE FUNCTION saleor_backorders_on_announcement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(array_agg(DISTINCT variant_id))
           FROM new_rows HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

-- Less or more of it is, another variant, or none.
CREATE FUNCTION saleor_backorders_on_shipment_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(ARRAY[OLD.variant_id, NEW.variant_id]);
    END IF;
    RETURN NULL;
END $$;

-- It comes on another day, elsewhere, or not at all.
CREATE FUNCTION saleor_backorders_on_shipment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(array_agg(l.variant_id))
           FROM saleor_backorders_incomingshipmentline l
          WHERE l.shipment_id = NEW.id HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;

-- A lead time changed for somebody who waits by it.
CREATE FUNCTION saleor_backorders_on_lead_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    IF NOT saleor_backorders_idle() THEN
        PERFORM saleor_backorders_mark_variants(ARRAY[NEW.variant_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER saleor_backorders_supply_announced
    AFTER INSERT ON saleor_backorders_incomingshipmentline
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_announcement();
CREATE TRIGGER saleor_backorders_supply_dropped
    AFTER DELETE ON saleor_backorders_incomingshipmentline
    FOR EACH ROW EXECUTE FUNCTION saleor_backorders_on_shipment_line();
CREATE TRIGGER saleor_backorders_supply_changed
    AFTER UPDATE ON saleor_backorders_incomingshipmentline
    FOR EACH ROW WHEN ((OLD.to_come, OLD.variant_id) IS DISTINCT FROM (NEW.to_come, NEW.variant_id))
    EXECUTE FUNCTION saleor_backorders_on_shipment_line();
CREATE TRIGGER saleor_backorders_supply_moved
    AFTER UPDATE ON saleor_backorders_incomingshipment
    FOR EACH ROW WHEN (OLD.expected_on IS DISTINCT FROM NEW.expected_on
                       OR OLD.status IS DISTINCT FROM NEW.status
                       OR OLD.warehouse_id IS DISTINCT FROM NEW.warehouse_id)
    EXECUTE FUNCTION saleor_backorders_on_shipment();
CREATE TRIGGER saleor_backorders_lead_time_changed
    AFTER UPDATE ON saleor_backorders_virtualstock
    FOR EACH ROW WHEN (NEW.waiting_units > 0 AND OLD.lead_time_days <> NEW.lead_time_days)
    EXECUTE FUNCTION saleor_backorders_on_lead_time();
