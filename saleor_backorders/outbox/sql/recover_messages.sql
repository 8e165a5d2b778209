-- Purpose: take up what a worker left that has not been heard of for a while. A message that
--   was not handed over yet is due again and does not count as tried; of one that was just
--   being handed over nobody can tell whether the mail server has it, and it never is a second
--   time unasked.
-- Parameters: lease (seconds).
-- Locks: the rows, with SKIP LOCKED.
-- Rows: id and state of each.
-- Cost: what is on its way, by an index that holds nothing else.
WITH left_behind AS MATERIALIZED (
    SELECT id FROM saleor_backorders_message
     WHERE state IN ('claimed', 'handing_over')
       AND claimed_at < statement_timestamp() - make_interval(secs => %(lease)s)
     ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE saleor_backorders_message m
   SET state = CASE WHEN m.state = 'claimed' THEN 'pending' ELSE 'unknown' END,
       settled_at = CASE WHEN m.state = 'claimed' THEN NULL ELSE statement_timestamp() END,
       last_error = CASE WHEN m.state = 'claimed' THEN m.last_error
                 ELSE 'the worker died while handing it over' END,
       attempts = CASE WHEN m.state = 'claimed' THEN m.attempts - 1 ELSE m.attempts END,
       claimed_by = NULL, claimed_at = NULL
  FROM left_behind l WHERE m.id = l.id
RETURNING m.id, m.state
