SELECT pg_advisory_xact_lock(hashtext(CAST(@schema AS text)), 1);
