-- Take away what the files before this one put into the database, and no more.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
              WHERE p.proname IN ('saleor_backorders_on_promise', 'saleor_backorders_on_movement',
                                  'saleor_backorders_on_question',
                                  'saleor_backorders_on_question_changed',
                                  'saleor_backorders_on_cancellation',
                                  'saleor_backorders_on_refund')
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', f);
    END LOOP;
END $$;
