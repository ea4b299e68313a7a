-- Activities that no period can hold, for want of any instant.
SELECT COUNT(*) FROM activities WHERE happened_at IS NULL AND NOT is_echo AND {confined}
