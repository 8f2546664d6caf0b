-- A run begins with its opening, which waits for any node that has what the run requires.
INSERT INTO runs (number, run_id, name, spec, checkpoint_path, priority, slots, requires_gpu, requires_label, quarantine_after,
    idempotency_key, state, submitted_at)
VALUES (@number, @run, @name, @spec, @path, @priority, @slots, @gpu, @label, @quarantine, @key, 'submitted', (SELECT cairn_utc()));

INSERT INTO batches (run_id, first, last, slots, state) VALUES (@run, -2, -2, 1, 'waiting');
