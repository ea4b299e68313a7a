-- One page of the records of a figure. What they refer to by name is joined only where the list is sorted by it.
SELECT {values}
FROM (
    SELECT {names}
    FROM ({relation}) AS record
    WHERE {condition}
) AS record
{joins}
ORDER BY {order}
{page}
