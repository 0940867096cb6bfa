INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived) VALUES (76, 13, 'slate', 'ledge', 'slate/ledge', 'public', 'main', false);
INSERT INTO traffic_lists (repository_id, kind, day, position, name_id, count, uniques)
VALUES (76, 0, 17897, 1, 501, 9, 4), (76, 0, 20770, 1, 501, 12, 5), (76, 1, 20770, 1, 502, 7, 3), (76, 0, 48000, 1, 501, 1, 1);
INSERT INTO raw_answers (repository_id, captured_at, body)
VALUES (76, 1546300800000000, '1'), (76, 1794600000000000, '2'), (76, 4147200000000000, '3')
