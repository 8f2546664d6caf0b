-- A name cannot be a parameter of CREATE SCHEMA, so it is passed by a setting of this transaction.
SELECT set_config('cairn.schema', @schema, true);

DO $$ BEGIN EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', current_setting('cairn.schema')); END $$;
