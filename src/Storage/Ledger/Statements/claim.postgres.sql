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
            SELECT 1 FROM jsonb_to_recordset(CAST(@held AS jsonb)) AS held (run text, first integer, epoch integer)
            WHERE held.run = b.run_id AND held.first = b.first AND held.epoch = b.lease_epoch)
    ) AS HasStrays;

-- Batches for a node, in the order in which claims one by one would take them; openings first, which are short and tell what there is.
-- Each run offers a window of its batches, so that the cost does not grow with what waits. Rows that another claim has locked are passed
-- over, and the window is wide enough for many such.
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
    SELECT c.run_id, c.first, c.mine, o.priority, o.number,
        o.leased + row_number() OVER (PARTITION BY c.run_id ORDER BY c.mine DESC, c.first) AS turn
    FROM offering o
    CROSS JOIN LATERAL (
        (SELECT b.run_id, b.first, 1 AS mine
        FROM batches b
        WHERE b.run_id = o.run_id AND b.state = 'waiting' AND b.node_id = @node AND b.slots <= @free
        ORDER BY b.first
        LIMIT @window)
        UNION ALL
        (SELECT b.run_id, b.first, 0 AS mine
        FROM batches b
        WHERE b.run_id = o.run_id AND b.state = 'waiting' AND b.node_id IS DISTINCT FROM @node AND b.slots <= @free
        ORDER BY b.first
        LIMIT @window)
    ) c
), nearest AS MATERIALIZED (
    SELECT *
    FROM candidates
    ORDER BY priority DESC, (first = -2) DESC, turn, mine DESC, number, first
    LIMIT @window
), locked AS MATERIALIZED (
    SELECT b.run_id, b.first, b.slots, c.priority, c.turn, c.mine, c.number
    FROM nearest c
    JOIN batches b ON b.run_id = c.run_id AND b.first = c.first
    WHERE b.state = 'waiting'
    ORDER BY c.priority DESC, (c.first = -2) DESC, c.turn, c.mine DESC, c.number, c.first
    LIMIT @limit
    FOR NO KEY UPDATE OF b SKIP LOCKED
), ranked AS (
    SELECT run_id, first, row_number() OVER turns AS rank, sum(slots) OVER turns AS slots
    FROM locked
    WINDOW turns AS (ORDER BY priority DESC, (first = -2) DESC, turn, mine DESC, number, first ROWS UNBOUNDED PRECEDING)
), leased AS (
    UPDATE batches b
    SET state = 'leased', epoch = b.epoch + 1, lease_epoch = b.epoch + 1, lease_until = (SELECT cairn_now()) + @lease, node_id = @node,
        attempts = b.attempts + 1
    FROM ranked
    WHERE b.run_id = ranked.run_id AND b.first = ranked.first AND ranked.slots <= @free
    RETURNING b.run_id, b.first, b.last, b.slots, b.lease_epoch, b.attempts, b.newest_session, b.lead_time,
        ranked.rank
), begun AS (
    INSERT INTO attempts (run_id, first, number, epoch, node_id, started_at)
    SELECT run_id, first, attempts, lease_epoch, @node, (SELECT cairn_utc()) FROM leased
), told AS (
    INSERT INTO events (run_id, first, at, node_id, kind, detail)
    SELECT run_id, first, (SELECT cairn_utc()), @node, 'batch claimed',
        CAST(json_build_object('epoch', lease_epoch, 'attempt', attempts, 'from_session', newest_session) AS text)
    FROM leased
    ORDER BY rank
)
SELECT b.run_id AS RunId, b.first AS First, b.last AS Last, b.slots AS Slots, b.lease_epoch AS Epoch, b.attempts AS Attempt,
    b.newest_session AS NewestSession, b.lead_time AS LeadTime, r.name AS RunName, r.spec AS Spec, r.cancel_requested AS CancelRequested
FROM leased b
JOIN runs r ON r.run_id = b.run_id
ORDER BY b.rank;
