-- The next appointments from the start of today on, soonest first.
SELECT upcoming.id, upcoming.start_date_time, upcoming.end_date_time, upcoming.title,
       upcoming.resource_id, owner.first_name, owner.last_name
FROM (
    SELECT id, start_date_time, end_date_time, title, resource_id
    FROM appointments
    WHERE start_date_time >= $today_starts_at AND {owner}
    ORDER BY start_date_time, id
    LIMIT {limit}
) AS upcoming
LEFT JOIN resources AS owner ON owner.id = upcoming.resource_id
ORDER BY upcoming.start_date_time, upcoming.id
