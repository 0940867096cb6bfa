"""Whether there is a newer answer than the one that a page shows: cheap enough to be asked every few seconds."""

from __future__ import annotations

from datetime import datetime

from dashboard.answers import About
from dashboard.front import Front


async def newest(front: Front, about: About) -> datetime | None:
    """Return the moment of the answer that knows of all that is stored, None while there is none.

    Then it is begun: whoever looks again finds it.
    """
    shelf = front.shelf
    known = shelf.kept.get(about.key)
    if known is not None and known.marks == await shelf.marks(about.ids):
        return known.at
    shelf.begin(about.key, about.ids, about.make, front.services.now())
    return None
