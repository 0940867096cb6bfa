INSERT INTO actors (id, login, key, kind) VALUES (91, 'Opal', 'opal', 'person');
INSERT INTO watermarks (repository_id, dataset, synced_at, open_complete_at, whole_history, rows)
VALUES (71, 'issues', 1763900000000000, 1763900000000000, true, 3);
INSERT INTO comments (repository_id, id, number, on_pull, author_id, created_at, body_length)
VALUES (71, 'IC_1', 5, false, 91, 1763900000000000, 0)
