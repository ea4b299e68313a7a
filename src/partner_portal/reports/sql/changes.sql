-- Recorded states of those deals that were ever in the period's pipeline: open, to close within the period, and of whom
-- and what is asked for. Each with the state before it, and whether it is the one at the beginning or at the end of what
-- is recorded of the period. Amounts are never NULL, so that only the first state has none before it.
SELECT id, version, seen_at, title, stage, stage_before, status, outcome, rank, rank_before, amount,
       CASE WHEN is_move AND was_in AND amount > amount_before THEN amount - amount_before END AS gain,
       CASE WHEN is_move AND was_in AND amount < amount_before THEN amount_before - amount END AS loss,
       projected_on, owner_id, company_id, was_in AND is_move AS is_step,
       is_in AND NOT is_move AND (next_at IS NULL OR next_at > $recorded_from) AS is_start,
       is_in AND next_at IS NULL AS is_end,
       is_move AND is_in AND NOT was_in AS is_entry, is_move AND was_in AND NOT is_in AS is_exit,
       amount_before IS NULL AND is_created AS is_new
FROM (
    SELECT id, version, seen_at, title, stage, status, outcome, rank, amount, projected_on, owner_id, company_id, is_in,
           is_created, seen_at > $recorded_from AS is_move, LAG(is_in, 1, FALSE) OVER history AS was_in,
           LAG(amount) OVER history AS amount_before, LAG(stage) OVER history AS stage_before,
           LAG(rank) OVER history AS rank_before, LEAD(seen_at) OVER history AS next_at
    FROM (
        SELECT opportunity_id AS id, version, seen_at, title, stage, status, {rank} AS rank,
               CASE WHEN kind <> 'vanished' THEN {outcome} END AS outcome, COALESCE(amount, 0) AS amount,
               {projected_on} AS projected_on, owner_resource_id AS owner_id, company_id, {is_in} AS is_in,
               COALESCE({is_created}, FALSE) AS is_created
        FROM opportunity_changes
        WHERE seen_at <= $recorded_until
          AND opportunity_id IN (SELECT opportunity_id FROM opportunity_changes WHERE {is_surely_in})
    ) AS judged
    WINDOW history AS (PARTITION BY id ORDER BY seen_at, version)
) AS seen
