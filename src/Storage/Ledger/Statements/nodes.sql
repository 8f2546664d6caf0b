SELECT n.node_id AS NodeId, n.host AS Host, n.pid AS Pid, n.version AS Version, n.slots AS Slots, n.devices AS Devices,
    n.labels AS Labels, n.is_draining AS IsDraining, n.has_left AS HasLeft, n.load AS Load, n.registered_at AS RegisteredAt,
    n.lease_ms AS LeaseMs, t.now - n.heartbeat_at AS SinceHeartbeat,
    (SELECT count(*) FROM batches b WHERE b.node_id = n.node_id AND b.state = 'leased') AS Leases,
    (SELECT coalesce(sum(b.slots), 0) FROM batches b WHERE b.node_id = n.node_id AND b.state = 'leased') AS UsedSlots
FROM nodes n
CROSS JOIN (SELECT cairn_now() AS now) t
WHERE t.now - n.heartbeat_at <= CASE WHEN n.has_left = 1 THEN @gone ELSE n.lease_ms + @gone END
ORDER BY n.node_id;
