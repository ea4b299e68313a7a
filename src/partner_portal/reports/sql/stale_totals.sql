-- How many deals are stale, and what they are worth.
SELECT COUNT(*), SUM(amount)
FROM ({stale_deals}) AS deal
