-- Purpose: note that somebody wants to hear of a variant; twice is once, and what was not
--   confirmed yet counts from now.
-- Parameters: variant_id, channel_id, email, language, now.
-- Locks: the row of who is on the list already.
-- Rows: one: its id, and whether it was confirmed before.
-- Cost: one row by the index of the open sign-ups.
INSERT INTO saleor_backorders_backinstocksubscription AS s
       (variant_id, channel_id, email, language, created_at)
VALUES (%(variant_id)s, %(channel_id)s, %(email)s, %(language)s, %(now)s)
ON CONFLICT (variant_id, channel_id, lower(email)) WHERE told_at IS NULL
DO UPDATE SET language = CASE WHEN s.confirmed_at IS NULL THEN excluded.language
                         ELSE s.language END,
              created_at = CASE WHEN s.confirmed_at IS NULL THEN excluded.created_at
                           ELSE s.created_at END
RETURNING id, confirmed_at IS NOT NULL AS is_confirmed
