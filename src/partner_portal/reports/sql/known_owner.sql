-- Whether anything mirrored knows the resource.
SELECT 1
WHERE EXISTS (SELECT 1 FROM resources WHERE id = $owner_id)
   OR EXISTS (SELECT 1 FROM tasks WHERE assigned_resource_id = $owner_id)
   OR EXISTS (SELECT 1 FROM company_notes WHERE assigned_resource_id = $owner_id)
   OR EXISTS (SELECT 1 FROM company_to_dos WHERE assigned_to_resource_id = $owner_id)
   OR EXISTS (SELECT 1 FROM appointments WHERE resource_id = $owner_id)
   OR EXISTS (SELECT 1 FROM opportunities WHERE owner_resource_id = $owner_id)
