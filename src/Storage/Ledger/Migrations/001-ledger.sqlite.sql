-- Times for comparisons are milliseconds by cairn_now(), which counts since boot and through suspend; times for people are
-- milliseconds UTC by cairn_utc(). Both functions belong to the connection.

CREATE TABLE runs (
    number            INTEGER NOT NULL UNIQUE,
    run_id            TEXT    NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL,
    spec              TEXT    NOT NULL,
    checkpoint_path   TEXT    NOT NULL,
    priority          INTEGER NOT NULL,
    slots             INTEGER NOT NULL CHECK (slots > 0),
    requires_gpu      INTEGER NOT NULL,
    requires_label    TEXT,
    quarantine_after  INTEGER NOT NULL CHECK (quarantine_after > 0),
    idempotency_key   TEXT UNIQUE,
    state             TEXT    NOT NULL CHECK (state IN ('submitted', 'running', 'completed', 'failed', 'cancelled')),
    cancel_requested  INTEGER NOT NULL DEFAULT 0,
    last_command      TEXT    NOT NULL DEFAULT '',
    error             TEXT,
    submitted_at      INTEGER NOT NULL,
    ended_at          INTEGER
) STRICT;

-- Two runs on one path would write each other's catalogs.
CREATE UNIQUE INDEX runs_by_path ON runs (checkpoint_path) WHERE state IN ('submitted', 'running');
CREATE INDEX runs_open ON runs (priority, number) WHERE state IN ('submitted', 'running');

CREATE TABLE batches (
    run_id            TEXT    NOT NULL REFERENCES runs (run_id),
    first             INTEGER NOT NULL CHECK (first >= -2),
    last              INTEGER NOT NULL CHECK (last >= first),
    slots             INTEGER NOT NULL,
    -- A closing is pending until the members' batches have ended.
    state             TEXT    NOT NULL CHECK (state IN ('pending', 'waiting', 'leased', 'completed', 'failed', 'cancelled')),
    epoch             INTEGER NOT NULL DEFAULT 0,
    lease_epoch       INTEGER NOT NULL DEFAULT 0 CHECK (lease_epoch <= epoch),
    lease_until       INTEGER NOT NULL DEFAULT 0,
    node_id           TEXT,
    attempts          INTEGER NOT NULL DEFAULT 0,
    losses            INTEGER NOT NULL DEFAULT 0,
    lead_time         INTEGER,
    newest_session    TEXT,
    newest_epoch      INTEGER NOT NULL DEFAULT 0,
    error             TEXT,
    PRIMARY KEY (run_id, first)
) STRICT;

CREATE INDEX batches_waiting ON batches (run_id, first) WHERE state = 'waiting';
CREATE INDEX batches_waiting_by_node ON batches (run_id, node_id, first) WHERE state = 'waiting';
CREATE INDEX batches_leased ON batches (run_id, first) WHERE state = 'leased';
CREATE INDEX batches_leased_by_node ON batches (node_id) WHERE state = 'leased';
CREATE INDEX batches_pending ON batches (run_id) WHERE state = 'pending';

CREATE TABLE attempts (
    run_id            TEXT    NOT NULL,
    first             INTEGER NOT NULL,
    number            INTEGER NOT NULL,
    epoch             INTEGER NOT NULL,
    node_id           TEXT    NOT NULL,
    started_at        INTEGER NOT NULL,
    ended_at          INTEGER,
    outcome           TEXT,
    cause             TEXT,
    steps             INTEGER,
    PRIMARY KEY (run_id, first, number),
    FOREIGN KEY (run_id, first) REFERENCES batches (run_id, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    number            INTEGER PRIMARY KEY,
    run_id            TEXT    NOT NULL,
    first             INTEGER NOT NULL,
    name              TEXT    NOT NULL,
    epoch             INTEGER NOT NULL,
    lead_time         INTEGER NOT NULL,
    node_id           TEXT    NOT NULL,
    reported_at       INTEGER NOT NULL,
    UNIQUE (run_id, first, name),
    FOREIGN KEY (run_id, first) REFERENCES batches (run_id, first)
) STRICT;

CREATE TABLE nodes (
    node_id           TEXT    NOT NULL PRIMARY KEY,
    host              TEXT    NOT NULL,
    pid               INTEGER NOT NULL,
    version           TEXT    NOT NULL,
    slots             INTEGER NOT NULL,
    devices           TEXT    NOT NULL,
    labels            TEXT    NOT NULL,
    has_gpu           INTEGER NOT NULL,
    is_draining       INTEGER NOT NULL DEFAULT 0,
    has_left          INTEGER NOT NULL DEFAULT 0,
    used_slots        INTEGER NOT NULL DEFAULT 0,
    load              REAL,
    lease_ms          INTEGER NOT NULL,
    heartbeat_at      INTEGER NOT NULL,
    registered_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE node_labels (
    node_id           TEXT    NOT NULL REFERENCES nodes (node_id) ON DELETE CASCADE,
    label             TEXT    NOT NULL,
    PRIMARY KEY (node_id, label)
) STRICT, WITHOUT ROWID;

-- One writer at a time: numbers are in the order of commits.
CREATE TABLE events (
    number            INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id            TEXT,
    first             INTEGER,
    at                INTEGER NOT NULL,
    node_id           TEXT,
    kind              TEXT    NOT NULL,
    detail            TEXT    NOT NULL,
    sent_as           TEXT UNIQUE
) STRICT;

CREATE INDEX events_by_run ON events (run_id, number);

-- What waiting processes look at: a count for each kind of change.
CREATE TABLE bells (
    kind              TEXT    NOT NULL PRIMARY KEY,
    rung              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO bells (kind, rung) VALUES ('Work', 0), ('Events', 0);

-- The boot that cairn_now() counts from: after another one, no lease stands.
CREATE TABLE boots (
    boot_id           TEXT    NOT NULL
) STRICT;

INSERT INTO boots (boot_id) VALUES ('');
