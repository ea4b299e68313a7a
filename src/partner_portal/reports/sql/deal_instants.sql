-- Between which instants the dates of deals lie that are no plain dates, but instants to be taken locally; the same of
-- the dates in their history.
SELECT first_created, last_created, first_projected, last_projected, first_ended, last_ended, first_recorded,
       last_recorded, first_seen, last_seen
FROM (
    SELECT MIN(create_date) FILTER (WHERE {created}) AS first_created,
           MAX(create_date) FILTER (WHERE {created}) AS last_created,
           MIN(projected_close_date) FILTER (WHERE {projected}) AS first_projected,
           MAX(projected_close_date) FILTER (WHERE {projected}) AS last_projected,
           LEAST(MIN(closed_date) FILTER (WHERE {closed}), MIN(lost_date) FILTER (WHERE {lost})) AS first_ended,
           GREATEST(MAX(closed_date) FILTER (WHERE {closed}), MAX(lost_date) FILTER (WHERE {lost})) AS last_ended
    FROM opportunities
) AS held
CROSS JOIN (
    SELECT MIN(projected_close_date) FILTER (WHERE {projected}) AS first_recorded,
           MAX(projected_close_date) FILTER (WHERE {projected}) AS last_recorded,
           MIN(create_date) FILTER (WHERE {created}) AS first_seen,
           MAX(create_date) FILTER (WHERE {created}) AS last_seen
    FROM opportunity_changes
) AS history
