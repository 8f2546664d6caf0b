-- The closing waits once no batch of a member does, or is held. Two that end at the same moment do not see each other; then the next
-- claim finds it (wake-closings.sql).
UPDATE batches SET state = 'waiting'
WHERE run_id = @run AND first = -1 AND state = 'pending'
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = @run AND m.first >= 0 AND m.state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = @run AND m.first >= 0 AND m.state = 'leased');
