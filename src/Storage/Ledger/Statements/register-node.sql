-- Told to drain once, a node drains, even if it registers again.
INSERT INTO nodes (node_id, host, pid, version, slots, devices, labels, has_gpu, lease_ms, heartbeat_at, registered_at)
VALUES (@node, @host, @pid, @version, @slots, @devices, @labels, @gpu, @lease, (SELECT cairn_now()), (SELECT cairn_utc()))
ON CONFLICT (node_id) DO UPDATE
SET host = excluded.host, pid = excluded.pid, version = excluded.version, slots = excluded.slots, devices = excluded.devices,
    labels = excluded.labels, has_gpu = excluded.has_gpu, has_left = 0, heartbeat_at = excluded.heartbeat_at;

DELETE FROM node_labels WHERE node_id = @node;
