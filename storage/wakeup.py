"""Tell a worker of the same process that a job was put, so that it need not ask the database over and over."""

from __future__ import annotations

import asyncio


class Wakeup:
    """A bell: `set()` rings it, `wait(seconds)` returns at the next ring or when the time is over.

    A ring while nobody waits is kept for the next who waits. Jobs put by other processes ring no bell here: always
    wait for a limited time, then look.
    """

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def set(self) -> None:
        self.event.set()

    async def wait(self, seconds: float) -> bool:
        """Return True if the bell rang within `seconds`, False if not; either way it is silent afterwards."""
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            return False
        finally:
            self.event.clear()
        return True
