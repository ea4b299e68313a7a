-- Opportunities with outcome, funnel rank, and the local dates they were created on, ended on, and should close on.
SELECT id, title, stage, status, rank, outcome, amount, probability, amount_by_percent, onetime_revenue,
       monthly_revenue, created_on, ended_on, projected_on, ended_on - created_on AS cycle_days, loss_reason,
       win_reason, owner_id, company_id, contact_id, category_id, create_date
FROM (
    SELECT id, title, stage, status, rank, outcome, amount, probability, amount * probability AS amount_by_percent,
           onetime_revenue, monthly_revenue, {created_on} AS created_on, {ended_on} AS ended_on,
           {projected_on} AS projected_on, loss_reason, win_reason, owner_id, company_id, contact_id, category_id,
           create_date
    FROM (
        SELECT id, title, stage, status, rank, outcome, amount, probability, onetime_revenue, monthly_revenue,
               create_date, projected_close_date, loss_reason, win_reason, owner_id, company_id, contact_id,
               category_id,
               CASE outcome WHEN 'won' THEN closed_date WHEN 'lost' THEN COALESCE(lost_date, closed_date) END
                   AS end_date
        FROM (
            SELECT id, title, stage, status, {rank} AS rank, {outcome} AS outcome, amount, probability,
                   onetime_revenue, monthly_revenue, create_date, projected_close_date, closed_date, lost_date,
                   loss_reason, win_reason, owner_resource_id AS owner_id, company_id, contact_id,
                   opportunity_category_id AS category_id
            FROM opportunities
            WHERE {confined}
        ) AS judged
    ) AS ended
) AS dated
