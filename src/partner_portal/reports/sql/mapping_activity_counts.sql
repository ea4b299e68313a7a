-- Activities of a period by one of their ids, each counted once.
SELECT {key}, count(*)
FROM activities
WHERE NOT is_echo AND {is_now} AND {condition}
GROUP BY {key}
