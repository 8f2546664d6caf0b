-- A run, for a command about it: nobody else changes where it stands meanwhile.
SELECT state AS State, cancel_requested AS CancelRequested, last_command AS LastCommand, checkpoint_path AS CheckpointPath
FROM runs
WHERE run_id = @run
/*for update*/;
