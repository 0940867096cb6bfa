"""How much may be asked of GitHub at once for one installation, and who hears of it when GitHub asks to rest."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

CONCURRENT = 4  # in one process: GitHub bears 100 at once, of all processes together, and asks for few


class Turns(Protocol):
    """Gives out the right to ask one thing of GitHub.

    `OwnTurns` does so for one process, `shared_turns.SharedTurns` where several speak for an installation.
    """

    def hold(self, resource: str, points: int) -> AbstractAsyncContextManager[object]:
        """Return a context in which one request of this kind may be sent, if nothing holds it back once it is entered.

        points: what the request counts for among those that GitHub bears in a minute.
        """

    async def tell(self, resource: str, until: datetime) -> None:
        """Let whoever else speaks for the installation know that GitHub wants no such request before `until`."""


@dataclass(frozen=True, slots=True)
class OwnTurns:
    """The turns of one process, which knows by itself what it was told."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT))

    def hold(self, resource: str, points: int) -> AbstractAsyncContextManager[object]:  # noqa: ARG002 - the protocol's
        return self.places

    async def tell(self, resource: str, until: datetime) -> None:
        """Nobody else is there."""
