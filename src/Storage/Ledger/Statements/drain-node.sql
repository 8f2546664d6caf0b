UPDATE nodes SET is_draining = 1 WHERE node_id = @node;
