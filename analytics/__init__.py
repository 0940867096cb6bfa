"""The pure middle: questions about tables, their numbers, their words and their pictures."""
