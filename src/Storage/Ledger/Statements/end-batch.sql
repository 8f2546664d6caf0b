-- A member's batch reaches its end, or fails: the common case, in one script. The batch first, so that nobody takes it over meanwhile;
-- what follows happens only if its attempt was still open, so that a call which comes again does nothing.
UPDATE batches SET state = @state, error = @error, lease_until = 0
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease;

INSERT INTO events (run_id, first, at, node_id, kind, detail)
SELECT @run, @first, (SELECT cairn_utc()), @node, @kind, @detail
FROM attempts a
JOIN batches b ON b.run_id = a.run_id AND b.first = a.first AND b.attempts = a.number
WHERE a.run_id = @run AND a.first = @first AND a.ended_at IS NULL AND b.state = @state AND b.node_id = @node AND b.lease_epoch = @lease;

UPDATE attempts SET ended_at = (SELECT cairn_utc()), outcome = @outcome, cause = @cause, steps = @steps
WHERE run_id = @run AND first = @first AND ended_at IS NULL AND EXISTS (
    SELECT 1 FROM batches b
    WHERE b.run_id = @run AND b.first = @first AND b.attempts = attempts.number AND b.state = @state AND b.node_id = @node
        AND b.lease_epoch = @lease);

UPDATE batches SET state = 'waiting'
WHERE run_id = @run AND first = -1 AND state = 'pending'
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = @run AND m.first >= 0 AND m.state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = @run AND m.first >= 0 AND m.state = 'leased');

SELECT a.outcome AS Outcome, (SELECT c.state FROM batches c WHERE c.run_id = @run AND c.first = -1) AS Closing
FROM attempts a
WHERE a.run_id = @run AND a.first = @first AND a.node_id = @node AND a.epoch = @lease;
