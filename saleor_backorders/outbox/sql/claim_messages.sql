-- Purpose: take messages that are due, oldest first, for one worker.
-- Parameters: worker (uuid), most.
-- Locks: the rows, with SKIP LOCKED: workers never wait for each other.
-- Rows: the claimed messages' ids, in the order in which they were due.
-- Cost: as many rows as are taken, by an index of what is pending.
WITH due AS MATERIALIZED (
    SELECT id FROM saleor_backorders_message
     WHERE state = 'pending' AND due_at <= statement_timestamp()
     ORDER BY due_at, id LIMIT %(most)s
       FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE saleor_backorders_message m
       SET state = 'claimed', claimed_by = %(worker)s, claimed_at = statement_timestamp(),
           attempts = m.attempts + 1
      FROM due WHERE m.id = due.id
    RETURNING m.id, m.due_at
)
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY due_at, id) AS place FROM claimed) c
 ORDER BY place
