"""Lines of the list of repositories, kept for a few seconds: a crowd of readers counts each repository once.

A line says the same to everybody who sees as much of the repository; who sees it is decided for each reader before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from dashboard.access import Visible
from storage.installations import Repository

KEPT = timedelta(seconds=5)
MOST = 5_000

L = TypeVar("L")
Key = tuple[Repository, bool]


class KeptLines(Generic[L]):
    """Lines by repository and by whether its traffic is in them."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Key, tuple[datetime, L]] = OrderedDict()

    def of(self, visible: Iterable[Visible], now: datetime) -> dict[Key, L]:
        """Return the lines that are young enough."""
        keys = (key_of(one) for one in visible)
        found = ((key, self.kept.get(key)) for key in keys)
        return {key: one[1] for key, one in found if one is not None and timedelta(0) <= now - one[0] < KEPT}

    def keep(self, lines: Iterable[tuple[Visible, L]], now: datetime) -> dict[Key, L]:
        """Keep lines that were just made, and return them; the oldest go first."""
        made = {key_of(visible): line for visible, line in lines}
        for key, line in made.items():
            self.kept[key] = now, line
            self.kept.move_to_end(key)
        while len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return made


def key_of(visible: Visible) -> Key:
    """Return all that a line depends on beside what is stored and the moment."""
    return visible.repository, visible.sees_traffic
