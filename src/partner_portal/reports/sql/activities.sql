-- Activities with what their action types mean to the tenant.
SELECT source, id, action_type, happened_at, is_echo, owner_id, company_id, contact_id, opportunity_id{meaning}
FROM activities
WHERE {confined}
