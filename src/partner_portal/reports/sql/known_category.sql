-- Whether the tenant has the opportunity category.
SELECT 1
WHERE EXISTS (
        SELECT 1 FROM picklists
        WHERE entity = 'Opportunities' AND lower(field) = 'opportunitycategoryid' AND value = $category_id
      )
   OR EXISTS (SELECT 1 FROM opportunities WHERE opportunity_category_id = $category_id)
