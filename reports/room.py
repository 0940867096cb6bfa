"""How much of an answer fits into a comment, and how several answers share one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.keys import with_key

LIMIT = 65_536  # GitHub's cap on a comment's body, in characters
BETWEEN = "\n\n---\n\n"


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


def arranged(fits: Sequence[Callable[[int], str]], key: str | None) -> list[str]:
    """Return the texts of several answers, all of which fit into one comment with its hidden key.

    fits: each returns its text in at most so many characters. Where all of it together is too long, each gets an equal
    share and what the shorter ones leave.
    """
    room = LIMIT - len(with_key("", key)) - len(BETWEEN) * len(fits)
    texts = [fit(room) for fit in fits]
    shortest_first = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    for done, place in enumerate(shortest_first):
        share = room // (len(texts) - done)
        if len(texts[place]) > share:
            texts[place] = fits[place](share)
        room -= len(texts[place])
    return texts


def together(texts: Sequence[str], key: str | None) -> str:
    """Return arranged texts as one comment."""
    return with_key(BETWEEN.join(texts), key)
