-- Tasks that no period can hold, for want of a creation instant.
SELECT COUNT(*) FROM tasks WHERE create_date_time IS NULL AND {task_owner}
