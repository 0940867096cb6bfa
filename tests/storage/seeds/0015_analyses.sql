INSERT INTO repositories (id, installation_id, owner, name, key, visibility, default_branch, archived) VALUES (75, 13, 'slate', 'shale', 'slate/shale', 'public', 'main', false)
