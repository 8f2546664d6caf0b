-- Whether a run was cancelled; that holds until the end of the transaction (cancel-run.sql).
SELECT cancel_requested FROM runs WHERE run_id = @run /*for share*/;
