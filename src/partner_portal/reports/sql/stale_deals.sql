-- Open deals that nothing happened with for as many days as their stage may rest, and that nothing is planned for.
SELECT {names}
FROM ({deals}) AS deal
LEFT JOIN (
    SELECT opportunity_id, MAX(happened_at) AS touched_at
    FROM activities
    WHERE happened_at >= {earliest} AND opportunity_id IS NOT NULL
    GROUP BY opportunity_id
) AS touch ON touch.opportunity_id = deal.id
WHERE outcome = 'open'
  AND (create_date IS NULL OR create_date < {young_from})
  AND (touched_at IS NULL OR touched_at < {touched_from})
  AND id NOT IN (
        SELECT opportunity_id FROM {planned}
        WHERE opportunity_id IS NOT NULL AND {completed} IS NULL AND start_date_time >= $today_starts_at
      )
