-- All opportunities by stage and status: those created in a period, and those that are open now.
SELECT stage, status, COUNT(CASE WHEN {is_created} THEN 1 END), COUNT(CASE WHEN outcome = 'open' THEN 1 END)
FROM (SELECT stage, status, create_date, {outcome} AS outcome FROM opportunities) AS judged
GROUP BY stage, status
