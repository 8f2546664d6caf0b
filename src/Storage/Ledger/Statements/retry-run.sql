-- What failed or was withdrawn waits again, with its epochs and its sessions; the closing has to be done again after it.
UPDATE batches SET state = 'waiting', losses = 0, error = NULL
WHERE run_id = @run AND first <> -1 AND state IN ('failed', 'cancelled');

UPDATE batches SET state = 'pending', losses = 0, error = NULL WHERE run_id = @run AND first = -1;

UPDATE runs
SET state = CASE WHEN EXISTS (SELECT 1 FROM batches b WHERE b.run_id = runs.run_id AND b.first = -1) THEN 'running' ELSE 'submitted' END,
    cancel_requested = 0, last_command = 'retry', error = NULL, ended_at = NULL
WHERE run_id = @run;
