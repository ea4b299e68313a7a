-- How many records a figure has, and the figure over them, by the aggregate that the report counts it with.
SELECT COUNT(*) FILTER (WHERE {condition}), {figure}
FROM ({relation}) AS chosen
