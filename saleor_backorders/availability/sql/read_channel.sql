-- Purpose: find a channel by its slug.
-- Parameters: slug.
-- Locks: none.
-- Rows: one, or none where no channel has the slug.
-- Cost: one row by its unique slug.
SELECT
    channel.id,
    channel.slug,
    channel.is_active,
    channel.default_country AS country
FROM channel_channel AS channel
WHERE channel.slug = %(slug)s
