-- Activities of the live dialect: notes, and to-dos that are done. A done to-do can come back as a note; such a note
-- is an echo: it has the to-do's id, or its company, contact, action type, owner and start (two missing ids are equal,
-- two missing starts are not; no id is negative).
SELECT 'CompanyNotes' AS source, note.id, note.action_type, CAST(NULL AS VARCHAR) AS told_direction,
       note.assigned_resource_id AS owner_id, note.company_id, note.contact_id, note.opportunity_id,
       COALESCE(note.start_date_time, note.completed_date_time, note.create_date_time) AS happened_at,
       twin.id IS NOT NULL OR same.start_date_time IS NOT NULL AS is_echo
FROM mirror.company_notes AS note
LEFT JOIN (
    SELECT id
    FROM mirror.company_to_dos
    WHERE organization_id = $organization AND completed_date IS NOT NULL AND {twin_is_asked}
) AS twin ON twin.id = note.id
LEFT JOIN (
    SELECT DISTINCT start_date_time, COALESCE(company_id, -1) AS company_id, COALESCE(contact_id, -1) AS contact_id,
           COALESCE(action_type, -1) AS action_type, COALESCE(assigned_to_resource_id, -1) AS owner_id
    FROM mirror.company_to_dos
    WHERE organization_id = $organization AND completed_date IS NOT NULL AND start_date_time IS NOT NULL
      AND {start_is_asked}
) AS same ON same.start_date_time = note.start_date_time
         AND same.company_id = COALESCE(note.company_id, -1) AND same.contact_id = COALESCE(note.contact_id, -1)
         AND same.action_type = COALESCE(note.action_type, -1)
         AND same.owner_id = COALESCE(note.assigned_resource_id, -1)
WHERE note.organization_id = $organization AND {note_is_asked}
UNION ALL
SELECT 'CompanyToDos' AS source, id, action_type, CAST(NULL AS VARCHAR) AS told_direction,
       assigned_to_resource_id AS owner_id, company_id, contact_id, opportunity_id,
       COALESCE(start_date_time, completed_date, create_date_time) AS happened_at, FALSE AS is_echo
FROM mirror.company_to_dos
WHERE organization_id = $organization AND completed_date IS NOT NULL AND {to_do_is_asked}
