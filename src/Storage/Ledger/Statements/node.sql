SELECT has_left AS HasLeft, is_draining AS IsDraining FROM nodes WHERE node_id = @node /*for update*/;
