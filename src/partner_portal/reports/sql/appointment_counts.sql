-- Appointments that start in the period, in the one it is compared with, or from today on: all, by local day, by owner.
SELECT GROUPING(day) AS without_day, GROUPING(owner_id) AS without_owner, day, owner_id,
       COUNT(*) FILTER (WHERE is_now) AS counted, COUNT(*) FILTER (WHERE is_earlier) AS counted_earlier,
       COUNT(*) FILTER (WHERE is_upcoming) AS counted_upcoming
FROM (
    SELECT owner_id, {is_now} AS is_now, {is_earlier} AS is_earlier, {is_upcoming} AS is_upcoming,
           CASE WHEN {is_now} THEN {day} END AS day
    FROM ({appointments}) AS appointment
    WHERE {in_span} OR {is_upcoming}
) AS counted
GROUP BY GROUPING SETS ((), (day), (owner_id))
