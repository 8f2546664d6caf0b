INSERT INTO events (run_id, first, at, node_id, kind, detail, sent_as)
VALUES (@run, @first, (SELECT cairn_utc()), @node, @kind, @detail, @sentAs)
ON CONFLICT (sent_as) DO NOTHING;
