"""How much may be asked of GitHub at once for one installation, and who hears of it when GitHub asks to rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from github.points import Points

CONCURRENT = 4  # in one process: GitHub bears 100 at once, of all processes together, and asks for few


class Turns(Protocol):
    """Gives out the right to ask one thing of GitHub.

    `OwnTurns` does so for one process, `shared_turns.SharedTurns` where several speak for an installation.
    """

    def hold(self, resource: str, points: int) -> AbstractAsyncContextManager[float]:
        """Return a context in which one request of this kind may be sent, if nothing holds it back once it is entered.

        points: what the request counts for among those that GitHub bears in a minute. The context says for how many
        seconds no request of the kind may be sent, 0 where this one may.
        """

    async def tell(self, resource: str, until: datetime) -> None:
        """Let whoever else speaks for the installation know that GitHub wants no such request before `until`."""


@dataclass(frozen=True, slots=True)
class OwnTurns:
    """The turns of one process, which knows by itself what it was told and what it has spent."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT))
    purses: dict[str, Points] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    @asynccontextmanager
    async def hold(self, resource: str, points: int) -> AsyncIterator[float]:
        async with self.places:
            now = self.clock()
            purse = self.purses.setdefault(resource, Points.of(resource, now))
            yield purse.spend(points, now)

    async def tell(self, resource: str, until: datetime) -> None:
        """Nobody else is there."""
