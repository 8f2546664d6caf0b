UPDATE runs SET state = 'running' WHERE run_id = @run;

INSERT INTO batches (run_id, first, last, slots, state) VALUES (@run, -1, -1, 1, 'pending') ON CONFLICT (run_id, first) DO NOTHING;
