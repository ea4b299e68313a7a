-- Activities of the guide's dialect: every project task, done or not, at the instant it was created.
SELECT 'Tasks' AS source, id, action_type,
       CASE WHEN direction = 1 THEN 'outbound'
            WHEN direction = 2 THEN 'inbound'
            WHEN direction IS NOT NULL THEN 'unspecified'
            WHEN strpos(lower(description), 'outbound') > 0 AND strpos(lower(description), 'inbound') = 0 THEN 'outbound'
            WHEN strpos(lower(description), 'inbound') > 0 AND strpos(lower(description), 'outbound') = 0 THEN 'inbound'
            ELSE 'unspecified' END AS told_direction,
       assigned_resource_id AS owner_id, company_id, contact_id, opportunity_id, create_date_time AS happened_at,
       FALSE AS is_echo
FROM mirror.tasks
WHERE organization_id = $organization AND {task_is_asked}
