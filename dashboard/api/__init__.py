"""The data API under /api/v1: the same answers and rows as JSON, for scripts."""
