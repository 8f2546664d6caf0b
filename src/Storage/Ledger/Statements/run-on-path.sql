-- The run that has not ended and has this checkpoint path, other than the one that asks.
SELECT run_id AS RunId
FROM runs
WHERE checkpoint_path = @path AND state IN ('submitted', 'running') AND run_id <> @run;
