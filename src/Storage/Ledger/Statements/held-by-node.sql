SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.node_id AS Node, b.lease_epoch AS Epoch, b.losses AS Losses,
    r.quarantine_after AS QuarantineAfter, r.cancel_requested AS CancelRequested
FROM batches b
JOIN runs r ON r.run_id = b.run_id
WHERE b.state = 'leased' AND b.node_id = @node
ORDER BY b.run_id, b.first
/*for update of b*/
/*for share of r*/;
