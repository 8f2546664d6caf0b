SELECT outcome AS Outcome
FROM attempts
WHERE run_id = @run AND first = @first AND node_id = @node AND epoch = @lease;
