SELECT first AS First, number AS Number, epoch AS Epoch, node_id AS Node, started_at AS StartedAt, ended_at AS EndedAt,
    outcome AS Outcome, cause AS Cause
FROM attempts
WHERE run_id = @run
ORDER BY started_at, first, number;
