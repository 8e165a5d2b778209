-- Purpose: let the engine bring the ledger of some variants in step and rebalance them.
-- Parameters: variants.
-- Locks: the variants' queue locks, then as the engine does.
-- Rows: variant_id, lines and units that moved, why something was put off.
-- Cost: as the engine's repair, once for each variant.
SELECT v.id, r.lines, r.units, r.put_off
  FROM unnest(%(variants)s::integer[]) AS v (id)
 CROSS JOIN LATERAL saleor_backorders_repair(v.id) r
