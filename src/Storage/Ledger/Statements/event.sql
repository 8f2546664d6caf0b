INSERT INTO events (run_id, first, at, node_id, kind, detail)
VALUES (@run, @first, (SELECT cairn_utc()), @node, @kind, @detail);
