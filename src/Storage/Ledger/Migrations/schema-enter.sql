INSERT INTO cairn_schema (version, name) VALUES (@version, @name);
