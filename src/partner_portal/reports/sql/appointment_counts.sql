-- Appointments that start in the period or in the one it is compared with: by local day, by owner.
SELECT GROUPING(day) AS without_day, GROUPING(owner_id) AS without_owner, day, owner_id,
       COUNT(*) FILTER (WHERE is_now) AS counted, COUNT(*) FILTER (WHERE is_earlier) AS counted_earlier
FROM (
    SELECT resource_id AS owner_id, {is_now} AS is_now, {is_earlier} AS is_earlier,
           CASE WHEN {is_now} THEN {day} END AS day
    FROM appointments
    WHERE {in_span} AND {owner}
) AS counted
GROUP BY GROUPING SETS ((), (day), (owner_id))
