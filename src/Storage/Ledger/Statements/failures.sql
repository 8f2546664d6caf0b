SELECT first AS First, last AS Last, coalesce(error, '') AS Error
FROM batches
WHERE run_id = @run AND first >= 0 AND state = 'failed'
ORDER BY first;
