INSERT INTO subscriptions (repository_id, source, slot, schedule, number, since, next_at, rests)
SELECT id, 'command', 'weekly', '{}', NULL, 1764000000000000, 1764600000000000, false FROM repositories LIMIT 1
