UPDATE persons SET arrived_at = 1764100000000000 WHERE login = 'jade'
