INSERT INTO installations (id, account_login, account_id, account_type, suspended_at, removed_at, permissions, listed_at)
VALUES (13, 'slate', 4400, 'Organization', NULL, 1764000000000000, '{"administration":"read"}', 1763990000000000),
       (14, 'schist', 4500, 'User', NULL, NULL, NULL, NULL)
