-- Activities of the live dialect: notes, and to-dos that are done. A done to-do can come back as a note; such a note
-- is marked as an echo: it has the to-do's id, or its company, contact, action type, owner and start (two missing
-- ids are equal, two missing starts are not; no id is negative). Both lists are cut to the span asked for, so that
-- what is looked up stays as small as what is counted.
SELECT 'CompanyNotes' AS source, note.id, note.action_type, note.assigned_resource_id AS owner_id, note.company_id,
       note.contact_id, note.opportunity_id,
       COALESCE(note.start_date_time, note.completed_date_time, note.create_date_time) AS happened_at,
       note.id IN (
           SELECT twin.id
           FROM company_to_dos AS twin JOIN company_notes AS note ON note.id = twin.id
           WHERE twin.completed_date IS NOT NULL AND {note_in_span}
       )
       OR note.start_date_time IS NOT NULL AND (
           note.start_date_time, COALESCE(note.company_id, -1), COALESCE(note.contact_id, -1),
           COALESCE(note.action_type, -1), COALESCE(note.assigned_resource_id, -1)
       ) IN (
           SELECT start_date_time, COALESCE(company_id, -1), COALESCE(contact_id, -1),
                  COALESCE(action_type, -1), COALESCE(assigned_to_resource_id, -1)
           FROM company_to_dos
           WHERE completed_date IS NOT NULL AND {twin_in_span}
       ) AS is_echo,
       CAST(NULL AS VARCHAR) AS told_direction
FROM company_notes AS note
WHERE {note_in_span}
UNION ALL
SELECT 'CompanyToDos' AS source, id, action_type, assigned_to_resource_id AS owner_id, company_id, contact_id,
       opportunity_id, COALESCE(start_date_time, completed_date, create_date_time) AS happened_at, FALSE AS is_echo,
       CAST(NULL AS VARCHAR) AS told_direction
FROM company_to_dos
WHERE completed_date IS NOT NULL AND {to_do_in_span}
