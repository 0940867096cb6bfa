"""Pages take turns: between two of them the event loop looks at everything else, so that a crowd holds up no webhook.

Most pages are made without ever waiting, a few milliseconds each. Fifty requests that come in together would be made
one after the other in a single round of the loop, and a delivery of GitHub would wait for all of them.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Lets one go on in each round of the event loop, in the order in which they came."""

    def __init__(self) -> None:
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.calling: asyncio.Task[None] | None = None

    async def mine(self) -> None:
        """Return when it is one's turn."""
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        if self.calling is None:
            self.calling = asyncio.create_task(self.call())
        await turn

    async def call(self) -> None:
        """Call one after the other until nobody waits."""
        try:
            while self.waiting:
                turn = self.waiting.popleft()
                if not turn.done():  # whoever has left is passed over
                    turn.set_result(None)
                    await asyncio.sleep(0)
        finally:
            self.calling = None
