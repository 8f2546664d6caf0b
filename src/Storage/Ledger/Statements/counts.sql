-- How many runs, and how many batches of members, stand where.
SELECT 'run' AS What, state AS State, count(*) AS Number
FROM runs
GROUP BY state
UNION ALL
SELECT 'batch' AS What, state AS State, count(*) AS Number
FROM batches
WHERE first >= 0
GROUP BY state;
