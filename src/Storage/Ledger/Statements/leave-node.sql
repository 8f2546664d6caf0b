UPDATE nodes SET has_left = 1, used_slots = 0, heartbeat_at = (SELECT cairn_now()) WHERE node_id = @node;
