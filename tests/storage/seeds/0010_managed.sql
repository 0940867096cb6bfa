INSERT INTO persons (issuer, subject, login, is_operator, created_at) VALUES ('github', '77', 'jade', false, 1764000000000000)
