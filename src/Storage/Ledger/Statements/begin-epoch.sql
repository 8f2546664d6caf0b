UPDATE batches
SET epoch = CASE WHEN epoch > @onDisk THEN epoch ELSE @onDisk END + 1
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease
RETURNING epoch;
