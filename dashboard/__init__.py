"""Third door: a browser."""
