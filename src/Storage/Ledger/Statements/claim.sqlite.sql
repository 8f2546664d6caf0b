-- Batches for a node, in the order in which claims one by one would take them; openings first, which are short and tell what there is.
-- Each run offers a window of its batches, so that the cost does not grow with what waits.
WITH me AS (
    SELECT node_id, has_gpu FROM nodes WHERE node_id = @node
), held AS (
    SELECT run_id, count(*) AS leased FROM batches WHERE state = 'leased' GROUP BY run_id
), offering AS MATERIALIZED (
    SELECT r.run_id, r.number, r.priority, coalesce(held.leased, 0) AS leased
    FROM runs r
    CROSS JOIN me
    LEFT JOIN held ON held.run_id = r.run_id
    WHERE r.state IN ('submitted', 'running') AND r.requires_gpu <= me.has_gpu
        AND (r.requires_label IS NULL
            OR EXISTS (SELECT 1 FROM node_labels l WHERE l.node_id = me.node_id AND l.label = r.requires_label))
        AND EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.run_id AND b.state = 'waiting')
    ORDER BY r.priority DESC, leased, r.number
    LIMIT @window
), candidates AS MATERIALIZED (
    SELECT b.run_id, b.first, b.node_id IS @node AS mine, o.priority, o.number,
        o.leased + row_number() OVER (PARTITION BY b.run_id ORDER BY b.node_id IS @node DESC, b.first) AS turn
    FROM offering o
    CROSS JOIN batches b
    WHERE b.rowid IN (
        SELECT rowid FROM (
            SELECT c.rowid FROM batches c
            WHERE c.run_id = o.run_id AND c.state = 'waiting' AND c.node_id = @node AND c.slots <= @free
            ORDER BY c.first
            LIMIT @limit)
        UNION
        SELECT rowid FROM (
            SELECT c.rowid FROM batches c
            WHERE c.run_id = o.run_id AND c.state = 'waiting' AND c.slots <= @free
            ORDER BY c.first
            LIMIT @limit))
)
SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.slots AS Slots, b.epoch AS Epoch, b.attempts AS Attempts,
    b.newest_session AS NewestSession, b.lead_time AS NewestLeadTime
FROM candidates c
JOIN batches b ON b.run_id = c.run_id AND b.first = c.first
ORDER BY c.priority DESC, c.first = -2 DESC, c.turn, c.mine DESC, c.number, c.first
LIMIT @limit;
