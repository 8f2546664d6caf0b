-- What the node was given and never heard of is given again, in full.
UPDATE batches SET lease_until = (SELECT cairn_now()) + @lease
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @epoch;
