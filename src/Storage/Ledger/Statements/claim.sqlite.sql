-- First what is to be put in order before everything can be claimed: leases that have run out, closings whose members have ended, and
-- batches of this node that it does not know of, because an answer was lost. (SELECT … LIMIT 1) IS NULL is looked up run by run, where
-- NOT EXISTS may be turned into a join with all that waits.
SELECT EXISTS (SELECT 1 FROM nodes WHERE node_id = @node AND has_left = 0 AND is_draining = 0) AS IsWelcome,
    EXISTS (SELECT 1 FROM batches b WHERE b.state = 'leased' AND b.lease_until <= (SELECT cairn_now())) AS HasLapsed,
    EXISTS (
        SELECT 1 FROM batches c
        WHERE c.state = 'pending'
            AND (SELECT 1 FROM batches m WHERE m.run_id = c.run_id AND m.first >= 0 AND m.state = 'waiting' LIMIT 1) IS NULL
            AND (SELECT 1 FROM batches m WHERE m.run_id = c.run_id AND m.first >= 0 AND m.state = 'leased' LIMIT 1) IS NULL
    ) AS HasClosings,
    @known AND EXISTS (
        SELECT 1 FROM batches b
        WHERE b.state = 'leased' AND b.node_id = @node AND NOT EXISTS (
            SELECT 1 FROM json_each(@held) held
            WHERE held.value ->> 'run' = b.run_id AND held.value ->> 'first' = b.first AND held.value ->> 'epoch' = b.lease_epoch)
    ) AS HasStrays;

-- Batches for a node, in the order in which claims one by one would take them; openings first, which are short and tell what there is.
-- Each run offers a window of its batches, so that the cost does not grow with what waits.
DELETE FROM temp.taken;

WITH me AS (
    SELECT node_id, has_gpu FROM nodes WHERE node_id = @node AND has_left = 0 AND is_draining = 0
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
    SELECT b.rowid AS batch, b.first, b.slots, b.node_id IS @node AS mine, o.priority, o.number,
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
), first_few AS (
    SELECT * FROM candidates ORDER BY priority DESC, first = -2 DESC, turn, mine DESC, number, first LIMIT @limit
), ranked AS (
    SELECT batch, row_number() OVER turns AS rank, sum(slots) OVER turns AS slots
    FROM first_few
    WINDOW turns AS (ORDER BY priority DESC, first = -2 DESC, turn, mine DESC, number, first ROWS UNBOUNDED PRECEDING)
)
INSERT INTO temp.taken (batch, rank)
SELECT batch, rank FROM ranked WHERE slots <= @free;

UPDATE batches
SET state = 'leased', epoch = epoch + 1, lease_epoch = epoch + 1, lease_until = (SELECT cairn_now()) + @lease, node_id = @node,
    attempts = attempts + 1
WHERE rowid IN (SELECT batch FROM temp.taken);

INSERT INTO attempts (run_id, first, number, epoch, node_id, started_at)
SELECT b.run_id, b.first, b.attempts, b.lease_epoch, @node, (SELECT cairn_utc())
FROM temp.taken t
JOIN batches b ON b.rowid = t.batch;

INSERT INTO events (run_id, first, at, node_id, kind, detail)
SELECT b.run_id, b.first, (SELECT cairn_utc()), @node, 'batch claimed',
    json_object('epoch', b.lease_epoch, 'attempt', b.attempts, 'from_session', b.newest_session)
FROM temp.taken t
JOIN batches b ON b.rowid = t.batch
ORDER BY t.rank;

SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.slots AS Slots, b.lease_epoch AS Epoch, b.attempts AS Attempt,
    b.newest_session AS NewestSession, b.lead_time AS LeadTime, r.name AS RunName, r.spec AS Spec, r.cancel_requested AS CancelRequested
FROM temp.taken t
JOIN batches b ON b.rowid = t.batch
JOIN runs r ON r.run_id = b.run_id
ORDER BY t.rank;
