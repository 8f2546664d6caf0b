INSERT INTO node_labels (node_id, label) VALUES (@node, @label) ON CONFLICT DO NOTHING;
