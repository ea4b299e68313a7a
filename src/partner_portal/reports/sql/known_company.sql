-- Whether anything mirrored knows the company.
SELECT 1
WHERE EXISTS (SELECT 1 FROM companies WHERE id = $company_id)
   OR EXISTS (SELECT 1 FROM activities WHERE company_id = $company_id)
   OR EXISTS (SELECT 1 FROM opportunities WHERE company_id = $company_id)
