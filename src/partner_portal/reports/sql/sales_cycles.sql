-- From when to when the deals took that were won in the period.
SELECT create_date, end_date
FROM (
    SELECT {outcome} AS outcome, create_date, closed_date AS end_date
    FROM opportunities
    WHERE {confined}
) AS judged
WHERE outcome = 'won' AND create_date IS NOT NULL AND {is_ended}
