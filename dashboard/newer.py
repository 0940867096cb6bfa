"""Whether there is a newer answer than the one that a page shows: cheap enough to be asked every few seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from dashboard.answers import About
from dashboard.front import Front
from dashboard.shelf import FRESH


async def newest(front: Front, about: About) -> datetime | None:
    """Return the moment of the newest answer there is, None while one that knows more is to be waited for.

    That one is begun: whoever looks again finds it. What is stored may change all the time, as it does for hours while
    history is read: an answer begun by a look is good enough as long as no page would look up whether it still is.
    """
    shelf, now = front.shelf, front.services.now()
    known = shelf.kept.get(about.key)
    if known is None:
        shelf.begin(about.key, about.ids, about.make, now, looked=True)
        return None
    is_old = not timedelta(0) <= now - known.at < FRESH
    if (is_old or not known.looked) and known.marks != await shelf.marks(about.ids):
        if is_old or about.fresh:  # else something is just being read: then there is more to know
            shelf.begin(about.key, about.ids, about.make, now, looked=True)
        return None
    return known.at
