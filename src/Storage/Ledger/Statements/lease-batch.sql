UPDATE batches
SET state = 'leased', epoch = @epoch, lease_epoch = @epoch, lease_until = (SELECT cairn_now()) + @lease, node_id = @node,
    attempts = @attempt
WHERE run_id = @run AND first = @first;

INSERT INTO attempts (run_id, first, number, epoch, node_id, started_at)
VALUES (@run, @first, @attempt, @epoch, @node, (SELECT cairn_utc()));

INSERT INTO events (run_id, first, at, node_id, kind, detail)
VALUES (@run, @first, (SELECT cairn_utc()), @node, 'batch claimed', @detail);

SELECT name AS Name, spec AS Spec, cancel_requested AS CancelRequested FROM runs WHERE run_id = @run;
