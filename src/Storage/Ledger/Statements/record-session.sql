-- The batch first: from then on nobody can take the lease over, and the rest either all happens or not at all. Sessions of an older gang
-- that arrive late are kept, but are not the newest.
UPDATE batches
SET losses = 0,
    lead_time = CASE WHEN @epoch >= newest_epoch THEN @leadTime ELSE lead_time END,
    newest_session = CASE WHEN @epoch >= newest_epoch THEN @name ELSE newest_session END,
    newest_epoch = CASE WHEN @epoch >= newest_epoch THEN @epoch ELSE newest_epoch END
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.run_id = @run AND s.first = @first AND s.name = @name);

INSERT INTO events (run_id, first, at, node_id, kind, detail)
SELECT @run, @first, (SELECT cairn_utc()), @node, 'session committed', @detail
FROM batches
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.run_id = @run AND s.first = @first AND s.name = @name);

INSERT INTO sessions (run_id, first, name, epoch, lead_time, node_id, reported_at)
SELECT @run, @first, @name, @epoch, @leadTime, @node, (SELECT cairn_utc())
FROM batches
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.run_id = @run AND s.first = @first AND s.name = @name);

SELECT count(*)
FROM batches
WHERE run_id = @run AND first = @first AND state = 'leased' AND node_id = @node AND lease_epoch = @lease;
