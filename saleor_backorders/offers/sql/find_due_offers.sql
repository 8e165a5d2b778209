-- Purpose: tell what some orders are due and were not given: a percentage for waiting, and the
--   credit for a delay that was beyond the tolerance, as far as it has grown since the last
--   one.
-- Parameters: order_ids, month_from (when the shop's month began).
-- Locks: none.
-- Rows: order, kind, step, channel, currency, e-mail, percent, amount, whether the channel's
--   month is bounded, and whether the amount fits into what is left of it.
-- Cost: the backorders of those orders, by index; where a budget bounds a channel, the month's
--   vouchers of that channel.
WITH waiting AS MATERIALIZED (
    SELECT b.order_id, min(b.channel_id) AS channel_id,
           coalesce(max(v.discount_percent), 0) AS percent,
           -- Asked, the customer is late by what was asked about; content again, by what that was.
           max(greatest(d.slip_days,
                        CASE WHEN d.id IS NOT NULL THEN b.expected_on - b.promised_on END,
                        b.agreed_on - b.promised_on)) AS slip_days
      FROM saleor_backorders_backorder b
      LEFT JOIN saleor_backorders_virtualstock v
        ON v.variant_id = b.variant_id AND v.channel_id = b.channel_id
      LEFT JOIN saleor_backorders_decision d ON d.backorder_id = b.id AND d.state = 'open'
     WHERE b.order_id = ANY (%(order_ids)s) AND b.waiting > 0 AND b.promised_on IS NOT NULL
     GROUP BY b.order_id
), told AS (
    SELECT w.*, c.currency_code AS currency,
           coalesce(nullif(o.user_email, ''), u.email, '') AS email,
           greatest(w.slip_days + 6, 0) / 7 AS weeks,
           coalesce(own.credit_per_week, shop.credit_per_week, 0) AS per_week,
           coalesce(own.credit_most, shop.credit_most, 0) AS most,
           coalesce(own.credit_budget, shop.credit_budget, 0) AS budget
      FROM waiting w
      JOIN order_order o ON o.id = w.order_id AND o.status NOT IN ('canceled', 'expired')
      JOIN channel_channel c ON c.id = w.channel_id
      LEFT JOIN account_user u ON u.id = o.user_id
      LEFT JOIN saleor_backorders_channelrule own ON own.channel_id = w.channel_id
      LEFT JOIN saleor_backorders_channelrule shop ON shop.channel_id = 0
), credit AS (
    SELECT t.*, given.step AS last_step,
           CASE WHEN t.most > 0 THEN least(t.weeks * t.per_week, t.most)
                ELSE t.weeks * t.per_week END - given.amount AS amount
      FROM told t
     CROSS JOIN LATERAL (
         SELECT coalesce(max(step), 0) AS step, coalesce(sum(amount), 0) AS amount
           FROM saleor_backorders_offer
          WHERE order_id = t.order_id AND kind = 'slip'
     ) given
     WHERE t.weeks > 0 AND t.per_week > 0
), spent AS MATERIALIZED (
    SELECT c.channel_id, coalesce(sum(f.amount), 0) AS amount
      FROM (SELECT DISTINCT channel_id FROM credit WHERE budget > 0) c
      LEFT JOIN saleor_backorders_offer f
        ON f.channel_id = c.channel_id AND f.issued_at >= %(month_from)s
       AND f.kind = 'slip' AND f.withdrawn_at IS NULL
     GROUP BY c.channel_id
)
SELECT order_id, 'waiting' AS kind, 0 AS step, channel_id, currency, email, percent,
       0::numeric AS amount, false AS is_bounded, true AS fits
  FROM told t
 WHERE percent > 0 AND email <> ''
   AND NOT EXISTS (SELECT FROM saleor_backorders_offer f
                    WHERE f.order_id = t.order_id AND f.kind = 'waiting')
UNION ALL
SELECT order_id, 'slip', weeks, channel_id, currency, email, 0, c.amount, c.budget > 0,
       c.budget = 0 OR coalesce(s.amount, 0) + c.amount <= c.budget
  FROM credit c
  LEFT JOIN spent s USING (channel_id)
 WHERE email <> '' AND c.amount > 0 AND c.weeks > c.last_step
 ORDER BY order_id, kind DESC
