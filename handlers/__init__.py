"""The first door: what people write in a thread, and what GitHub reports."""
