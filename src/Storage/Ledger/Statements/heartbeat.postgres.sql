-- A node lives: its leases are renewed where holder and epoch still match, and one answer tells what it must know. One statement.
WITH beat AS (
    UPDATE nodes SET heartbeat_at = (SELECT cairn_now()), lease_ms = @lease, used_slots = @used, load = @load
    WHERE node_id = @node AND has_left = 0
    RETURNING node_id, slots, has_gpu, is_draining
), renewed AS (
    UPDATE batches b SET lease_until = (SELECT cairn_now()) + @lease
    FROM beat, jsonb_to_recordset(CAST(@leases AS jsonb)) AS held (run text, first integer, epoch integer)
    WHERE b.run_id = held.run AND b.first = held.first AND b.state = 'leased' AND b.node_id = beat.node_id
        AND b.lease_epoch = held.epoch
    RETURNING b.run_id, b.first, b.lease_epoch
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
        SELECT 1 FROM batches b
        WHERE b.state = 'leased' AND b.lease_until <= (SELECT cairn_now())
            AND (b.run_id, b.first) NOT IN (SELECT run_id, first FROM renewed)
    ) AS Waiting,
    (
        SELECT min(b.lease_until) - (SELECT cairn_now()) FROM batches b
        WHERE b.state = 'leased' AND b.node_id IS DISTINCT FROM beat.node_id
    ) AS NextLapse
FROM beat
LEFT JOIN renewed ON true
LEFT JOIN runs r ON r.run_id = renewed.run_id;
