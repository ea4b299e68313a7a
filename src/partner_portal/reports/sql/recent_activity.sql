-- The latest activities of the period, each with the names of what it refers to.
SELECT latest.source, latest.id, latest.action_type, latest.told_direction, latest.happened_at,
       latest.owner_id, owner.first_name, owner.last_name,
       latest.company_id, company.company_name,
       latest.contact_id, contact.first_name, contact.last_name, latest.opportunity_id,
       {title}, {text}
FROM (
    SELECT *
    FROM ({activities}) AS activity
    WHERE NOT is_echo AND {owner}
    ORDER BY happened_at DESC, id DESC, source
    LIMIT {limit}
) AS latest
{texts}
LEFT JOIN resources AS owner ON owner.id = latest.owner_id
LEFT JOIN companies AS company ON company.id = latest.company_id
LEFT JOIN contacts AS contact ON contact.id = latest.contact_id
ORDER BY latest.happened_at DESC, latest.id DESC, latest.source
