UPDATE runs SET state = @state, error = @error, ended_at = (SELECT cairn_utc()) WHERE run_id = @run;
