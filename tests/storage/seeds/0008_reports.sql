INSERT INTO answer_parts (answer_key, position, meaning, markdown, pictures, files, mistaken)
SELECT key, 1, '[["report"],[]]', 'There is no such metric.', '[]', '[]', true FROM answers LIMIT 1
