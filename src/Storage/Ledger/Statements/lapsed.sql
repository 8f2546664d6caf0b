-- Leases that have run out. Whether their runs were cancelled is read under a lock, as in cancel-run.sql.
SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.node_id AS Node, b.lease_epoch AS Epoch, b.losses AS Losses,
    r.quarantine_after AS QuarantineAfter, r.cancel_requested AS CancelRequested
FROM batches b
JOIN runs r ON r.run_id = b.run_id
WHERE b.state = 'leased' AND b.lease_until <= (SELECT cairn_now())
ORDER BY b.run_id, b.first
/*for update of b skip locked*/
/*for share of r*/;
