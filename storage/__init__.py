"""What Almanac remembers: one database, SQLite by default or PostgreSQL, through SQLAlchemy Core."""
