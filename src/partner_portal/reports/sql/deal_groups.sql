-- Deals grouped by all that any figure asks of them but the date they should close on. Dates are compared as they are
-- stored. OFFSET 0 changes nothing but that PostgreSQL works out the outcome and the end once for each row.
SELECT owner_id, stage, outcome,
       CASE WHEN is_ended THEN CASE outcome WHEN 'won' THEN win_reason WHEN 'lost' THEN loss_reason END END AS reason,
       probability IS NOT NULL AS has_probability, end_date IS NOT NULL AS is_dated,
       is_created, is_created_earlier, is_ended, is_ended_earlier, COUNT(*),
       CAST(COALESCE(SUM(amount), 0) AS VARCHAR), CAST(COALESCE(SUM(amount * probability), 0) AS VARCHAR),
       CAST(COALESCE(SUM(onetime_revenue), 0) AS VARCHAR), CAST(COALESCE(SUM(monthly_revenue), 0) AS VARCHAR)
FROM (
    SELECT owner_id, stage, outcome, win_reason, loss_reason, probability, end_date, amount, onetime_revenue,
           monthly_revenue,
           COALESCE({is_created}, FALSE) AS is_created, COALESCE({is_created_earlier}, FALSE) AS is_created_earlier,
           COALESCE({is_ended}, FALSE) AS is_ended, COALESCE({is_ended_earlier}, FALSE) AS is_ended_earlier
    FROM (
        SELECT owner_id, stage, outcome, win_reason, loss_reason, probability, amount, onetime_revenue,
               monthly_revenue, create_date,
               CASE outcome WHEN 'won' THEN closed_date WHEN 'lost' THEN COALESCE(lost_date, closed_date) END
                   AS end_date
        FROM (
            SELECT owner_resource_id AS owner_id, stage, {outcome} AS outcome, win_reason, loss_reason, probability,
                   amount, onetime_revenue, monthly_revenue, create_date, closed_date, lost_date
            FROM opportunities
            WHERE {confined}
        ) AS judged
        OFFSET 0
    ) AS ended
) AS dated
WHERE outcome = 'open' OR is_created OR is_created_earlier OR is_ended OR is_ended_earlier
   OR outcome = 'won' AND end_date IS NULL
GROUP BY owner_id, stage, outcome, 4, 5, 6, is_created, is_created_earlier, is_ended, is_ended_earlier
