UPDATE batches SET state = 'waiting'
WHERE state = 'pending'
    AND (SELECT 1 FROM batches m WHERE m.run_id = batches.run_id AND m.first >= 0 AND m.state = 'waiting' LIMIT 1) IS NULL
    AND (SELECT 1 FROM batches m WHERE m.run_id = batches.run_id AND m.first >= 0 AND m.state = 'leased' LIMIT 1) IS NULL;
