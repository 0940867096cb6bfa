"""What is said of the database's rows to who maintains it, on a page and by `doctor`: what went and what lies apart."""

from __future__ import annotations

from storage.database_facts import DatabaseFacts


def gone(facts: DatabaseFacts) -> list[str]:
    """Return a sentence for each kind of rows of which some were dropped."""
    return [f"Of {what}, those before {before:%Y-%m-%d} were dropped." for what, before in facts.dropped]


def astray(facts: DatabaseFacts) -> str | None:
    """Return which rows lie in no partition of a year, None where all do."""
    if not facts.astray:
        return None
    return f"There are {' and '.join(facts.astray)} of years that have no partition of their own."
