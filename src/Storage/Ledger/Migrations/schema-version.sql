SELECT coalesce(max(version), 0) FROM cairn_schema;
