"""Other tools' histories: each module reads one layout and returns what it found, without touching the database."""
