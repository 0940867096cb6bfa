"""What takes long to count is counted once a minute, however many look: rows of large repositories.

Only of large ones: what is counted in a moment is always counted anew.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

HOLDS = timedelta(minutes=1)
MOST_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Count(Generic[T]):
    """What was counted, and when."""

    value: T
    at: datetime


class Counted(Generic[T]):
    """Counts by what was counted. large: the keys of which it is known that counting takes long."""

    def __init__(self, is_large: Callable[[T], bool]) -> None:
        self.is_large = is_large
        self.kept: OrderedDict[Hashable, Count[T]] = OrderedDict()
        self.counting: dict[Hashable, asyncio.Task[T]] = {}

    def is_known_large(self, key: Hashable) -> bool:
        """Tell whether a count was large when it was made last."""
        return key in self.kept

    async def of(self, key: Hashable, now: datetime, count: Callable[[], Awaitable[T]]) -> T:
        """Return a count, which is made anew by `count` unless a large one was made within a minute."""
        known = self.kept.get(key)
        if known is None:
            return self.note(key, now, await count())
        if timedelta(0) <= now - known.at < HOLDS:
            return known.value
        task = self.counting.get(key)
        if task is None:
            # a task of its own: whoever asked first may close the page, and the others go on
            task = self.counting[key] = asyncio.ensure_future(self.anew(key, now, count))
            task.add_done_callback(lambda _: self.counting.pop(key, None))
        return await asyncio.shield(task)

    async def anew(self, key: Hashable, now: datetime, count: Callable[[], Awaitable[T]]) -> T:
        return self.note(key, now, await count())

    def note(self, key: Hashable, now: datetime, value: T) -> T:
        """Keep what was counted, if it is large."""
        self.kept.pop(key, None)
        if self.is_large(value):
            self.kept[key] = Count(value, now)
            if len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)
        return value
