-- Recorded states of those deals that were ever in the period's pipeline: open, and to close within the period. Each
-- with the state before it, and whether it is the one at the beginning or at the end of what is recorded of the period.
SELECT id, version, seen_at, title, stage, stage_before, status, outcome, rank, rank_before, amount,
       CASE WHEN is_move AND was_in AND amount > amount_before THEN amount - amount_before END AS gain,
       CASE WHEN is_move AND was_in AND amount < amount_before THEN amount_before - amount END AS loss,
       projected_on, owner_id, company_id, was_in AND is_move AS is_step, is_start, is_end,
       is_move AND is_in AND NOT was_in AS is_entry, is_move AND was_in AND NOT is_in AS is_exit,
       is_first AND COALESCE(is_created, FALSE) AS is_new
FROM (
    SELECT id, version, seen_at, stage, stage_before, status, outcome, rank, rank_before, amount, amount_before,
           projected_on, owner_id, is_in, COALESCE(was_in, FALSE) AS was_in, was_in IS NULL AS is_first,
           seen_at > $recorded_from AS is_move,
           is_in AND seen_at <= $recorded_from AND (next_at IS NULL OR next_at > $recorded_from) AS is_start,
           is_in AND next_at IS NULL AS is_end
    FROM (
        SELECT id, version, seen_at, stage, status, outcome, rank, amount, projected_on, owner_id, is_in,
               LAG(is_in) OVER history AS was_in, LAG(amount) OVER history AS amount_before,
               LAG(stage) OVER history AS stage_before, LAG(rank) OVER history AS rank_before,
               LEAD(seen_at) OVER history AS next_at
        FROM (
            SELECT opportunity_id AS id, version, seen_at, stage, status, {rank} AS rank,
                   CASE WHEN kind <> 'vanished' THEN {outcome} END AS outcome, COALESCE(amount, 0) AS amount,
                   {projected_on} AS projected_on, owner_resource_id AS owner_id, {is_in} AS is_in
            FROM opportunity_changes
            WHERE seen_at <= $recorded_until
              AND opportunity_id IN (SELECT opportunity_id FROM opportunity_changes WHERE {is_in})
        ) AS judged
        WINDOW history AS (PARTITION BY id ORDER BY seen_at, version)
    ) AS paired
) AS seen
LEFT JOIN (
    SELECT id AS deal_id, title, company_id, opportunity_category_id, {is_created} AS is_created
    FROM opportunities
) AS deal ON deal_id = id
WHERE {of_companies}
