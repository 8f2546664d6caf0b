SELECT has_gpu AS HasGpu FROM nodes WHERE node_id = @node AND has_left = 0 AND is_draining = 0;
