INSERT INTO installations (id, account_login, account_id, account_type, suspended_at, removed_at)
VALUES (11, 'quartz', 4200, 'Organization', NULL, NULL), (12, 'basalt', 4300, 'User', 1763800000000000, NULL);
INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived, removed_at)
VALUES (71, 11, 'quartz', 'mine', 'quartz/mine', 'public', 'main', false, NULL),
       (72, 12, 'basalt', 'Pit', 'basalt/pit', 'private', 'trunk', true, 1763900000000000);
INSERT INTO watermarks (repository_id, dataset, synced_at, whole_history, rows)
VALUES (71, 'pulls', 1763900000000000, true, 12)
