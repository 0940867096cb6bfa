"""Lines of the list of repositories, kept for a few seconds: a crowd of readers counts each repository once.

A line says the same to everybody who sees as much of the repository; who sees it is decided for each reader before.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from dashboard.access import Visible
from storage.installations import Repository

KEPT = timedelta(seconds=5)
MOST = 5_000

L = TypeVar("L")
Key = tuple[Repository, bool]
Make = Callable[[Sequence[Visible]], Awaitable[Sequence[L]]]


class KeptLines(Generic[L]):
    """Lines by repository and by whether its traffic is in them. making: what some reader is waiting for already."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Key, tuple[datetime, L]] = OrderedDict()
        self.making: dict[Key, asyncio.Task[dict[Key, L]]] = {}

    async def of(self, visible: Sequence[Visible], now: datetime, make: Make[L]) -> list[L]:
        """Return the lines of some repositories; those that are not young enough are made by `make`, all at once.

        Whoever asks for a line that is being made waits for that one. What `make` raises, everybody gets who waits.
        """
        lines: dict[Key, L] = {}
        awaited: dict[Key, asyncio.Task[dict[Key, L]]] = {}
        lacking: list[Visible] = []
        for each in visible:
            key = key_of(each)
            known = self.kept.get(key)
            if known is not None and timedelta(0) <= now - known[0] < KEPT:
                lines[key] = known[1]
            elif key in self.making:
                awaited[key] = self.making[key]
            else:
                lacking.append(each)
        if lacking:
            task = self.begin(lacking, now, make)
            awaited |= {key_of(each): task for each in lacking}
        for key, task in awaited.items():
            lines[key] = (await asyncio.shield(task))[key]
        return [lines[key_of(each)] for each in visible]

    def begin(self, lacking: Sequence[Visible], now: datetime, make: Make[L]) -> asyncio.Task[dict[Key, L]]:
        """Begin to make lines, in a task of its own: whoever asked first may close the page, and the others go on."""
        task = asyncio.create_task(self.made(lacking, now, make))
        keys = [key_of(each) for each in lacking]
        self.making |= dict.fromkeys(keys, task)

        def ended(_: object) -> None:
            for key in keys:
                del self.making[key]

        task.add_done_callback(ended)
        return task

    async def made(self, lacking: Sequence[Visible], now: datetime, make: Make[L]) -> dict[Key, L]:
        """Make lines and keep them; the oldest go first."""
        lines = dict(zip(map(key_of, lacking), await make(lacking), strict=True))
        for key, line in lines.items():
            self.kept[key] = now, line
            self.kept.move_to_end(key)
        while len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return lines


def key_of(visible: Visible) -> Key:
    """Return all that a line depends on beside what is stored and the moment."""
    return visible.repository, visible.sees_traffic
