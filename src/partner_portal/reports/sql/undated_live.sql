-- Notes that no period can hold, for want of any instant.
SELECT COUNT(*) FROM company_notes
WHERE start_date_time IS NULL AND completed_date_time IS NULL AND create_date_time IS NULL AND {note_owner}
