-- Activities of the period and of the one it is compared with, by owner; those of the period by local day, too.
SELECT GROUPING(owner_id) = 1, day, owner_id, is_now, is_earlier, action_type, told_direction, is_echo, COUNT(*)
FROM (
    SELECT owner_id, action_type, told_direction, is_echo, {is_now} AS is_now, {is_earlier} AS is_earlier,
           CASE WHEN {is_now} THEN {day} END AS day
    FROM activities
    WHERE {in_span} AND {confined}
) AS dated
GROUP BY GROUPING SETS (
    (owner_id, is_now, is_earlier, action_type, told_direction, is_echo),
    (day, action_type, told_direction, is_echo)
)
