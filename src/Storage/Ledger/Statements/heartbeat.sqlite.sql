-- A node lives: its leases are renewed where holder and epoch still match, and one answer tells what it must know. One transaction.
UPDATE nodes SET heartbeat_at = (SELECT cairn_now()), lease_ms = @lease, used_slots = @used, load = @load
WHERE node_id = @node AND has_left = 0;

UPDATE batches SET lease_until = (SELECT cairn_now()) + @lease
FROM (
    SELECT value ->> 'run' AS run, value ->> 'first' AS first, value ->> 'epoch' AS epoch FROM json_each(@leases)
) held
WHERE batches.run_id = held.run AND batches.first = held.first AND batches.state = 'leased' AND batches.node_id = @node
    AND batches.lease_epoch = held.epoch
    AND EXISTS (SELECT 1 FROM nodes n WHERE n.node_id = @node AND n.has_left = 0);

WITH beat AS (
    SELECT node_id, slots, has_gpu, is_draining FROM nodes WHERE node_id = @node AND has_left = 0
), held AS (
    SELECT value ->> 'run' AS run, value ->> 'first' AS first, value ->> 'epoch' AS epoch FROM json_each(@leases)
), renewed AS (
    SELECT b.run_id, b.first, b.lease_epoch
    FROM held
    JOIN batches b ON b.run_id = held.run AND b.first = held.first
    WHERE b.state = 'leased' AND b.node_id = @node AND b.lease_epoch = held.epoch
)
SELECT beat.is_draining AS IsDraining, renewed.run_id AS RunId, renewed.first AS First, renewed.lease_epoch AS Epoch,
    r.cancel_requested AS CancelRequested,
    EXISTS (
        SELECT 1 FROM runs w
        WHERE w.state IN ('submitted', 'running') AND w.requires_gpu <= beat.has_gpu
            AND (w.requires_label IS NULL
                OR EXISTS (SELECT 1 FROM node_labels l WHERE l.node_id = beat.node_id AND l.label = w.requires_label))
            AND ((w.slots <= beat.slots
                    AND (SELECT 1 FROM batches b WHERE b.run_id = w.run_id AND b.state = 'waiting' AND b.first >= 0 LIMIT 1) = 1)
                OR (SELECT 1 FROM batches b WHERE b.run_id = w.run_id AND b.state = 'waiting' AND b.first < 0 LIMIT 1) = 1
                OR ((SELECT 1 FROM batches b WHERE b.run_id = w.run_id AND b.state = 'pending' LIMIT 1) = 1
                    AND (SELECT 1 FROM batches b WHERE b.run_id = w.run_id AND b.state = 'waiting' LIMIT 1) IS NULL
                    AND (SELECT 1 FROM batches b WHERE b.run_id = w.run_id AND b.state = 'leased' LIMIT 1) IS NULL))
    ) OR EXISTS (
        SELECT 1 FROM batches b WHERE b.state = 'leased' AND b.lease_until <= (SELECT cairn_now())
    ) AS Waiting,
    (
        SELECT min(b.lease_until) - (SELECT cairn_now()) FROM batches b
        WHERE b.state = 'leased' AND b.node_id IS NOT beat.node_id
    ) AS NextLapse
FROM beat
LEFT JOIN renewed ON true
LEFT JOIN runs r ON r.run_id = renewed.run_id;
