-- How many records of a figure a search finds.
SELECT COUNT(*)
FROM ({relation}) AS found
WHERE {condition}
