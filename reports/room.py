"""How much of an answer fits into a comment."""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 65_536  # GitHub's cap on a comment's body, in characters


@dataclass(frozen=True, slots=True)
class Room:
    """What an answer may take.

    rows: of each data table · text_pictures: pictures as text, for each metric · alt: characters of alternative text ·
    comparisons: rows of the table · facts: of each metric.
    """

    rows: int
    text_pictures: int = 12
    alt: int = 1_000
    comparisons: int = 40
    facts: int = 60


# Tables go first, then the pictures' text; the headline stays.
LEVELS = (
    Room(rows=60),
    Room(rows=25),
    Room(rows=10),
    Room(rows=0),
    Room(rows=0, text_pictures=2, facts=20),
    Room(rows=0, text_pictures=1, alt=300, comparisons=20, facts=10),
    Room(rows=0, text_pictures=0, alt=150, comparisons=8, facts=0),
)
