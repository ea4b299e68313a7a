-- Open deals by the instant that they should close at, whose local month is worked out for each.
SELECT projected_close_date, probability IS NOT NULL, COUNT(*),
       CAST(COALESCE(SUM(amount), 0) AS VARCHAR), CAST(COALESCE(SUM(amount * probability), 0) AS VARCHAR)
FROM (
    SELECT projected_close_date, probability, amount, {outcome} AS outcome
    FROM opportunities
    WHERE {confined}
) AS deal
WHERE outcome = 'open'
GROUP BY 1, 2
