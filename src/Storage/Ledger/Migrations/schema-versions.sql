CREATE TABLE IF NOT EXISTS cairn_schema (version bigint NOT NULL PRIMARY KEY, name text NOT NULL);
