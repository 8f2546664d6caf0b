-- Times are milliseconds since 1970, UTC, by the clock of this database. Comparisons use cairn_now(), people are shown cairn_utc().

CREATE FUNCTION cairn_now() RETURNS bigint LANGUAGE sql VOLATILE
    AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

CREATE FUNCTION cairn_utc() RETURNS bigint LANGUAGE sql VOLATILE
    AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint $$;

CREATE TABLE runs (
    number            bigint  NOT NULL UNIQUE,
    run_id            text    COLLATE "C" NOT NULL PRIMARY KEY,
    name              text    NOT NULL,
    spec              text    NOT NULL,
    checkpoint_path   text    COLLATE "C" NOT NULL,
    priority          integer NOT NULL,
    slots             integer NOT NULL CHECK (slots > 0),
    requires_gpu      integer NOT NULL,
    requires_label    text    COLLATE "C",
    quarantine_after  integer NOT NULL CHECK (quarantine_after > 0),
    idempotency_key   text    COLLATE "C" UNIQUE,
    state             text    COLLATE "C" NOT NULL CHECK (state IN ('submitted', 'running', 'completed', 'failed', 'cancelled')),
    cancel_requested  integer NOT NULL DEFAULT 0,
    last_command      text    COLLATE "C" NOT NULL DEFAULT '',
    error             text,
    submitted_at      bigint  NOT NULL,
    ended_at          bigint
);

-- Two runs on one path would write each other's catalogs.
CREATE UNIQUE INDEX runs_by_path ON runs (checkpoint_path) WHERE state IN ('submitted', 'running');
CREATE INDEX runs_open ON runs (priority, number) WHERE state IN ('submitted', 'running');

-- Room in each page, so that a renewal (which touches no indexed column) stays in it and costs no index entry.
CREATE TABLE batches (
    run_id            text    COLLATE "C" NOT NULL REFERENCES runs (run_id),
    first             integer NOT NULL CHECK (first >= -2),
    last              integer NOT NULL CHECK (last >= first),
    slots             integer NOT NULL,
    -- A closing is pending until the members' batches have ended.
    state             text    COLLATE "C" NOT NULL
        CHECK (state IN ('pending', 'waiting', 'leased', 'completed', 'failed', 'cancelled')),
    epoch             integer NOT NULL DEFAULT 0,
    lease_epoch       integer NOT NULL DEFAULT 0 CHECK (lease_epoch <= epoch),
    lease_until       bigint  NOT NULL DEFAULT 0,
    node_id           text    COLLATE "C",
    attempts          integer NOT NULL DEFAULT 0,
    losses            integer NOT NULL DEFAULT 0,
    lead_time         bigint,
    newest_session    text,
    newest_epoch      integer NOT NULL DEFAULT 0,
    error             text,
    PRIMARY KEY (run_id, first)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX batches_waiting ON batches (run_id, first) WHERE state = 'waiting';
CREATE INDEX batches_waiting_by_node ON batches (run_id, node_id, first) WHERE state = 'waiting';
CREATE INDEX batches_leased ON batches (run_id, first) WHERE state = 'leased';
CREATE INDEX batches_leased_by_node ON batches (node_id) WHERE state = 'leased';
CREATE INDEX batches_pending ON batches (run_id) WHERE state = 'pending';

CREATE TABLE attempts (
    run_id            text    COLLATE "C" NOT NULL,
    first             integer NOT NULL,
    number            integer NOT NULL,
    epoch             integer NOT NULL,
    node_id           text    COLLATE "C" NOT NULL,
    started_at        bigint  NOT NULL,
    ended_at          bigint,
    outcome           text,
    cause             text,
    steps             bigint,
    PRIMARY KEY (run_id, first, number),
    FOREIGN KEY (run_id, first) REFERENCES batches (run_id, first)
) WITH (fillfactor = 80);

CREATE TABLE sessions (
    number            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id            text    COLLATE "C" NOT NULL,
    first             integer NOT NULL,
    name              text    COLLATE "C" NOT NULL,
    epoch             integer NOT NULL,
    lead_time         bigint  NOT NULL,
    node_id           text    COLLATE "C" NOT NULL,
    reported_at       bigint  NOT NULL,
    UNIQUE (run_id, first, name),
    FOREIGN KEY (run_id, first) REFERENCES batches (run_id, first)
);

CREATE TABLE nodes (
    node_id           text    COLLATE "C" NOT NULL PRIMARY KEY,
    host              text    NOT NULL,
    pid               integer NOT NULL,
    version           text    NOT NULL,
    slots             integer NOT NULL,
    devices           text    NOT NULL,
    labels            text    NOT NULL,
    has_gpu           integer NOT NULL,
    is_draining       integer NOT NULL DEFAULT 0,
    has_left          integer NOT NULL DEFAULT 0,
    used_slots        integer NOT NULL DEFAULT 0,
    load              double precision,
    lease_ms          bigint  NOT NULL,
    heartbeat_at      bigint  NOT NULL,
    registered_at     bigint  NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE node_labels (
    node_id           text    COLLATE "C" NOT NULL REFERENCES nodes (node_id) ON DELETE CASCADE,
    label             text    COLLATE "C" NOT NULL,
    PRIMARY KEY (node_id, label)
);

-- Two transactions may commit in another order than they wrote. So a row is born without a number; the first reader to see it gives it
-- one, under a lock, above all that were given before (number-events.postgres.sql).
CREATE TABLE events (
    id                bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number            bigint  UNIQUE,
    run_id            text    COLLATE "C",
    first             integer,
    at                bigint  NOT NULL,
    node_id           text    COLLATE "C",
    kind              text    NOT NULL,
    detail            text    NOT NULL,
    sent_as           text    COLLATE "C" UNIQUE
) WITH (fillfactor = 80);

CREATE INDEX events_unnumbered ON events (id) WHERE number IS NULL;
CREATE INDEX events_by_run ON events (run_id, number);
