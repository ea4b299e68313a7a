-- Appointments, by the names that metrics use.
SELECT id, start_date_time AS starts_at, end_date_time AS ends_at, title, resource_id AS owner_id
FROM appointments
WHERE {confined}
