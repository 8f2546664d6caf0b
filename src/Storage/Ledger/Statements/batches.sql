SELECT first AS First, last AS Last, state AS State, epoch AS Epoch, node_id AS Node, attempts AS Attempts, losses AS Losses,
    lead_time AS LeadTime, newest_session AS NewestSession, error AS Error
FROM batches
WHERE run_id = @run AND state <> 'pending'
ORDER BY first;
