INSERT INTO installations (id, account_login, account_id, account_type, suspended_at, removed_at, permissions, listed_at, removed_by)
VALUES (15, 'feldspar', 4600, 'Organization', NULL, 1764000000000000, NULL, NULL, 'webhook')
