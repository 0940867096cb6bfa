"""Second door: time."""
