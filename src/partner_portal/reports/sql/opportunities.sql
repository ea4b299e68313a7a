-- Every opportunity with its outcome, the local date it was created on and the one it was won or lost on.
SELECT id, owner_id, stage, amount, probability, outcome, create_date,
       {created_on} AS created_on, {ended_on} AS ended_on
FROM (
    SELECT id, owner_resource_id AS owner_id, stage, amount, probability, outcome, create_date,
           CASE outcome WHEN 'won' THEN closed_date WHEN 'lost' THEN COALESCE(lost_date, closed_date) END AS end_date
    FROM (SELECT *, {outcome} AS outcome FROM opportunities WHERE {opportunity_owner}) AS judged
) AS dated
