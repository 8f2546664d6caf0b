UPDATE batches SET state = 'waiting'
WHERE state = 'pending'
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = batches.run_id AND m.first >= 0 AND m.state = 'waiting')
    AND NOT EXISTS (SELECT 1 FROM batches m WHERE m.run_id = batches.run_id AND m.first >= 0 AND m.state = 'leased');
