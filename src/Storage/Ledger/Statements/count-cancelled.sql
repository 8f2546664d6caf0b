SELECT count(*) FROM batches WHERE run_id = @run AND first >= 0 AND state = 'cancelled';
