-- A page of runs, the newest first, with what became of their members' batches. The spec is long, and left out of lists.
WITH page AS (
    SELECT *
    FROM runs
    WHERE (CAST(@run AS text) IS NULL OR run_id = CAST(@run AS text))
        AND (CAST(@before AS text) IS NULL OR number < (SELECT number FROM runs WHERE run_id = CAST(@before AS text)))
    ORDER BY number DESC
    LIMIT @limit
), counts AS (
    SELECT run_id,
        count(*) AS batches,
        count(CASE WHEN state = 'completed' THEN 1 END) AS completed,
        count(CASE WHEN state = 'failed' THEN 1 END) AS failed,
        count(CASE WHEN state = 'leased' THEN 1 END) AS leased
    FROM batches
    WHERE first >= 0 AND run_id IN (SELECT run_id FROM page)
    GROUP BY run_id
)
SELECT p.run_id AS RunId, p.name AS Name, p.state AS State, p.cancel_requested AS CancelRequested, p.priority AS Priority,
    p.slots AS Slots, p.requires_gpu AS RequiresGpu, p.requires_label AS RequiresLabel, p.checkpoint_path AS CheckpointPath,
    CASE WHEN CAST(@run AS text) IS NULL THEN NULL ELSE p.spec END AS Spec,
    p.error AS Error, p.submitted_at AS SubmittedAt, p.ended_at AS EndedAt,
    coalesce(c.batches, 0) AS Batches, coalesce(c.completed, 0) AS Completed, coalesce(c.failed, 0) AS Failed,
    coalesce(c.leased, 0) AS Leased
FROM page p
LEFT JOIN counts c ON c.run_id = p.run_id
ORDER BY p.number DESC;
