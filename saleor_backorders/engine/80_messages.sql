-- What happens to an order writes its message in the same transaction, whoever caused it.
-- Purpose: triggers on the ledger's own tables put rows into the outbox; several lines of one order
--   in one transaction make one message, which names them all.
-- Locks: none that anybody waits for: every key holds the transaction's number, so that no other
--   transaction ever writes the same one.  Once-only beyond a transaction is the sender's care.
-- Rows: one message a kind, order and transaction.
-- Cost: one statement for each statement that wrote the ledger.

-- Somebody was promised a first date, or an earlier one by more than the channel tolerates.
-- Whose units were on a shelf until somebody counted it anew hears of a delay, not of a purchase.
CREATE FUNCTION saleor_backorders_on_promise() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT told.kind, format('%s:%s:%s', told.kind, told.order_id, told.transaction_id),
           min(told.channel_id), told.order_id, array_agg(told.id ORDER BY told.id), now(), now(),
           told.transaction_id
      FROM (SELECT CASE WHEN p.previous_on IS NOT NULL THEN 'earlier'
                        WHEN EXISTS (SELECT 1 FROM saleor_backorders_movement v
                                      WHERE v.backorder_id = p.backorder_id
                                        AND v.kind = 'placed' AND v.cause = 'shortage')
                        THEN 'delayed' ELSE 'placed' END AS kind,
                   b.order_id, b.channel_id, b.id, p.transaction_id
              FROM new_rows p
              JOIN saleor_backorders_backorder b ON b.id = p.backorder_id
             WHERE p.previous_on IS NULL
                OR p.promised_on < p.previous_on
                   AND p.promised_on < p.previous_on - (
                       SELECT r.tolerance_days FROM saleor_backorders_rule(b.channel_id) r)) told
     GROUP BY told.kind, told.order_id, told.transaction_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $$;

-- Units arrived for whoever was promised them, or were taken back again.
CREATE FUNCTION saleor_backorders_on_movement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT told.kind, format('%s:%s:%s', told.kind, told.order_id, told.transaction_id),
           min(told.channel_id), told.order_id, array_agg(told.id), now(), now(),
           told.transaction_id
      FROM (SELECT CASE WHEN v.kind = 'allocated' THEN 'allocated' ELSE 'delayed' END AS kind,
                   b.order_id, b.channel_id, b.id, v.transaction_id
              FROM new_rows v
              JOIN saleor_backorders_backorder b ON b.id = v.backorder_id
             WHERE v.kind IN ('allocated', 'withdrawn') AND b.promised_on IS NOT NULL) told
     GROUP BY told.kind, told.order_id, told.transaction_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $$;

-- A customer is asked, or asked anew about another day.
CREATE FUNCTION saleor_backorders_on_question() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'delayed', format('delayed:%s:%s', b.order_id, pg_current_xact_id()),
           min(b.channel_id), b.order_id, array_agg(b.id ORDER BY b.id), now(), now(),
           pg_current_xact_id()::text::bigint
      FROM new_rows d
      JOIN saleor_backorders_backorder b ON b.id = d.backorder_id
     WHERE d.state = 'open'
     GROUP BY b.order_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $$;

-- As above, for a question that was open before: only another day is news.
CREATE FUNCTION saleor_backorders_on_question_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, due_at, created_at, transaction_id)
    SELECT 'delayed', format('delayed:%s:%s', b.order_id, pg_current_xact_id()),
           min(b.channel_id), b.order_id, array_agg(b.id ORDER BY b.id), now(), now(),
           pg_current_xact_id()::text::bigint
      FROM new_rows d
      JOIN old_rows was ON was.id = d.id
      JOIN saleor_backorders_backorder b ON b.id = d.backorder_id
     WHERE d.state = 'open' AND d.new_on > was.new_on
     GROUP BY b.order_id
    ON CONFLICT (key) DO UPDATE SET backorder_ids = m.backorder_ids || excluded.backorder_ids;
    RETURN NULL;
END $$;

-- Units were given up or exchanged.
CREATE FUNCTION saleor_backorders_on_cancellation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message AS m
           (kind, key, channel_id, order_id, backorder_ids, about_ids, due_at, created_at,
            transaction_id)
    SELECT 'cancelled', format('cancelled:%s:%s', c.order_id, pg_current_xact_id()),
           b.channel_id, c.order_id, ARRAY[c.backorder_id], ARRAY[c.id], now(), now(),
           pg_current_xact_id()::text::bigint
      FROM (SELECT NEW.*) c
      JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
    ON CONFLICT (key) DO UPDATE
       SET backorder_ids = m.backorder_ids || excluded.backorder_ids,
           about_ids = m.about_ids || excluded.about_ids;
    RETURN NULL;
END $$;

-- Money went back, or needs somebody to look.
CREATE FUNCTION saleor_backorders_on_refund() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @schema@, pg_temp AS $$
BEGIN
    INSERT INTO saleor_backorders_message
           (kind, key, channel_id, order_id, backorder_ids, about_ids, due_at, created_at,
            transaction_id)
    SELECT news.kind, news.key, b.channel_id, NEW.order_id, ARRAY[b.id], ARRAY[NEW.id], now(),
           now(), pg_current_xact_id()::text::bigint
      FROM (VALUES (CASE WHEN NEW.state = 'refunded' THEN 'refunded' ELSE 'refund_failed' END,
                    CASE WHEN NEW.state = 'refunded' THEN format('refunded:%s', NEW.id)
                    ELSE format('refund_failed:%s:%s', NEW.id, NEW.attempts) END))
           AS news (kind, key)
      JOIN saleor_backorders_cancellation c ON c.id = NEW.cancellation_id
      JOIN saleor_backorders_backorder b ON b.id = c.backorder_id
    -- The refund's row is held: nobody else writes a key of it.
    ON CONFLICT (key) DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER saleor_backorders_promise_told
    AFTER INSERT ON saleor_backorders_promise
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_promise();
CREATE TRIGGER saleor_backorders_movement_told
    AFTER INSERT ON saleor_backorders_movement
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_movement();
CREATE TRIGGER saleor_backorders_question_told
    AFTER INSERT ON saleor_backorders_decision
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_question();
CREATE TRIGGER saleor_backorders_question_changed
    AFTER UPDATE ON saleor_backorders_decision
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_backorders_on_question_changed();
CREATE TRIGGER saleor_backorders_cancellation_told
    AFTER INSERT ON saleor_backorders_cancellation
    FOR EACH ROW EXECUTE FUNCTION saleor_backorders_on_cancellation();
CREATE TRIGGER saleor_backorders_refund_settled
    AFTER UPDATE ON saleor_backorders_refund
    FOR EACH ROW WHEN (NEW.state = 'refunded' AND OLD.state <> 'refunded')
    EXECUTE FUNCTION saleor_backorders_on_refund();
CREATE TRIGGER saleor_backorders_refund_stuck
    AFTER UPDATE ON saleor_backorders_refund
    FOR EACH ROW WHEN (NEW.state <> 'refunded' AND NEW.next_attempt_at IS NULL
                       AND OLD.next_attempt_at IS NOT NULL)
    EXECUTE FUNCTION saleor_backorders_on_refund();
CREATE TRIGGER saleor_backorders_refund_by_hand
    AFTER INSERT ON saleor_backorders_refund
    FOR EACH ROW WHEN (NEW.next_attempt_at IS NULL AND NEW.state <> 'refunded')
    EXECUTE FUNCTION saleor_backorders_on_refund();
