INSERT INTO batches (run_id, first, last, slots, state)
SELECT @run, b.first, b.last, r.slots, @state
FROM jsonb_to_recordset(CAST(@batches AS jsonb)) AS b (first integer, last integer)
CROSS JOIN runs r
WHERE r.run_id = @run
ON CONFLICT (run_id, first) DO NOTHING;
