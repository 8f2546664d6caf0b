-- Who held a lease was a process of another boot: it is gone, and its times count from another beginning.
UPDATE batches SET lease_until = 0 WHERE state = 'leased' AND (SELECT boot_id FROM boots) <> @boot;

UPDATE nodes SET heartbeat_at = (SELECT cairn_now()) - lease_ms - 1 WHERE (SELECT boot_id FROM boots) <> @boot;

UPDATE boots SET boot_id = @boot WHERE boot_id <> @boot;
