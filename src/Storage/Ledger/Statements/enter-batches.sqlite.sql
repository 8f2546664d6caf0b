INSERT INTO batches (run_id, first, last, slots, state)
SELECT @run, b.value ->> 'first', b.value ->> 'last', r.slots, @state
FROM json_each(@batches) b
CROSS JOIN runs r
WHERE r.run_id = @run
ON CONFLICT (run_id, first) DO NOTHING;
