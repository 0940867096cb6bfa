"""From a question to an answer, for all three doors."""
