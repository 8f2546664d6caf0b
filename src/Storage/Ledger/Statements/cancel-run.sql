-- The run first: who hands a batch back reads it under a lock, and either sees that it is cancelled, or is seen here to wait.
UPDATE runs SET cancel_requested = 1, last_command = 'cancel' WHERE run_id = @run;

UPDATE batches SET state = 'cancelled' WHERE run_id = @run AND state = 'waiting' AND first <> -1;
