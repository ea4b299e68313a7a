-- Opportunities created in the period, open now, and ended in the period or the one it is compared with.
SELECT GROUPING(owner_id) AS without_owner, owner_id, outcome, stage,
       COUNT(*) FILTER (WHERE is_created) AS created, SUM(amount) FILTER (WHERE is_created) AS created_amount,
       COUNT(*) AS deals, SUM(amount) AS amount, SUM(amount * probability) AS amount_by_percent,
       COUNT(*) FILTER (WHERE probability IS NULL) AS without_probability,
       COUNT(*) FILTER (WHERE is_ended) AS ended, SUM(amount) FILTER (WHERE is_ended) AS ended_amount,
       COUNT(*) FILTER (WHERE is_ended_earlier) AS ended_earlier,
       SUM(amount) FILTER (WHERE is_ended_earlier) AS ended_amount_earlier,
       COUNT(*) FILTER (WHERE ended_on IS NULL) AS undated,
       MIN(create_date) FILTER (WHERE is_ended) AS first_created,
       MAX(create_date) FILTER (WHERE is_ended) AS last_created
FROM (
    SELECT owner_id, stage, amount, probability, outcome, ended_on, create_date,
           created_on BETWEEN $start AND $end AS is_created,
           ended_on BETWEEN $start AND $end AS is_ended,
           {is_ended_earlier} AS is_ended_earlier
    FROM ({opportunities}) AS opportunity
) AS counted
GROUP BY GROUPING SETS ((outcome, stage), (outcome, owner_id))
