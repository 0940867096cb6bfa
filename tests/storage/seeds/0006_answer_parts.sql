INSERT INTO askings (repository_id, login, comment_id, asked_at) VALUES (71, 'opal', 9001, 1763900000000000);
INSERT INTO configurations (installation_id, key, text, good, good_at, read_at, said)
VALUES (13, 'slate/quarry', 'traffic: off', 'traffic: off', 1763900000000000, 1763900000000000, NULL)
