SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.slots AS Slots, b.lease_epoch AS Epoch, b.attempts AS Attempt,
    b.newest_session AS NewestSession, b.lead_time AS LeadTime, r.name AS RunName, r.spec AS Spec, r.cancel_requested AS CancelRequested
FROM batches b
JOIN runs r ON r.run_id = b.run_id
WHERE b.state = 'leased' AND b.node_id = @node
ORDER BY b.run_id, b.first
/*for update of b*/;
