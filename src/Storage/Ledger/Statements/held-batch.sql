-- The batch of a lease, if it is still that lease's; it stays so until the end of the transaction.
SELECT run_id AS RunId, first AS First, last AS Last, node_id AS Node, lease_epoch AS Epoch, losses AS Losses
FROM batches
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease
/*for update*/;
