-- Purpose: tell whether the plugin's migrations have run: a shop that has only just got the package,
--   or is about to lose it, goes on selling.
-- Parameters: none.
-- Locks: none.
-- Rows: one: the name of the table that the guards read, or null.
SELECT to_regclass('saleor_backorders_virtualstock')::text
