INSERT INTO watermarks (repository_id, dataset, synced_at, whole_history, rows, shape)
VALUES (71, 'releases', 1763900000000000, false, 3, 2)
