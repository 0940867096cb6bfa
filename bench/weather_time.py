"""Time for a simulated hour: it goes quickly while everybody waits, and slowly while something is being done."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from itertools import count

from sandbox.clock import Clock

TICK = 0.005  # seconds of the machine
QUICK, SLOW = timedelta(seconds=5), timedelta(seconds=0.375)
"""How far the clock goes in one tick; a request that takes 0.4 s of the machine lasts thirty by the clock."""


class Simulated:
    """Moves the sandbox's clock, and wakes who sleeps by it: `await time.sleep(60)` takes a minute of it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.busy = 0
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = count()

    async def sleep(self, seconds: float) -> None:
        """Return once so much time has passed by the clock."""
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at = self.clock.now() + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (at, next(self._numbers), wake))
        await wake

    @contextmanager
    def doing(self) -> Iterator[None]:
        """Within it something is under way that takes time of the machine."""
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Within it time passes."""
        task = asyncio.create_task(self._pass())
        try:
            yield
        finally:
            task.cancel()

    async def _pass(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = self.clock.now()
            target = now + (SLOW if self.busy else QUICK)
            if self._sleepers and self._sleepers[0][0] < target:
                target = max(self._sleepers[0][0], now)
            self.clock.set(target)
            while self._sleepers and self._sleepers[0][0] <= target:
                _, _, wake = heapq.heappop(self._sleepers)
                if not wake.done():
                    wake.set_result(None)
