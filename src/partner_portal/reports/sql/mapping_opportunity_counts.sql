-- All opportunities by stage and status, and those of them that were created in a period.
SELECT stage, status, count(*),
       count(CASE WHEN {created_on} BETWEEN $start AND $end THEN 1 END)
FROM opportunities
GROUP BY stage, status
