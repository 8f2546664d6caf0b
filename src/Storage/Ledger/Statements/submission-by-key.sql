-- The run that an idempotency key gave before. One submission at a time, so that what is looked up here still holds when the run is
-- entered.
/*lock table runs in share row exclusive mode;*/
SELECT run_id AS RunId, spec AS Spec, checkpoint_path AS CheckpointPath
FROM runs
WHERE idempotency_key = CAST(@key AS text);
