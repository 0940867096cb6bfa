INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived) VALUES (74, 13, 'slate', 'quarry', 'slate/quarry', 'public', 'main', false)
