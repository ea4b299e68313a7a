-- One page of the records of a figure, with the names of what they refer to. Names are joined to the page alone, unless
-- the list is sorted by one of them.
SELECT {values}
FROM (
    SELECT {names}
    FROM ({relation}) AS record
    WHERE {condition}
    {before}
) AS record
{joins}
ORDER BY {order}
{after}
