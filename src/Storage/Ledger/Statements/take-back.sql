-- A batch that nobody holds any longer, and how its attempt ended.
UPDATE attempts SET ended_at = (SELECT cairn_utc()), outcome = @outcome, cause = @cause, steps = @steps
WHERE run_id = @run AND first = @first AND ended_at IS NULL;

UPDATE batches SET state = @state, losses = @losses, error = @error, lease_until = 0 WHERE run_id = @run AND first = @first;
