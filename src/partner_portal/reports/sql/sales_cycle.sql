-- Days from creation to close of the deals won in the period.
SELECT COUNT(cycle), SUM(cycle), percentile_cont(0.5) WITHIN GROUP (ORDER BY cycle)
FROM (
    SELECT ended_on - created_on AS cycle
    FROM ({opportunities}) AS opportunity
    WHERE outcome = 'won' AND ended_on BETWEEN $start AND $end
) AS won
