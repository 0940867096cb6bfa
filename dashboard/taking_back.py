"""Having GitHub take a person's token no longer, once nothing here needs it; nobody waits for that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from github.cipher import Cipher, SealBrokenError
from github.errors import Later, Refused
from github.writes.user_tokens import TokenDesk
from storage.engine import Store
from storage.user_tokens import user_token

log = structlog.get_logger(__name__)


class TakingBack:
    """Ends tokens at GitHub, beside whatever page has led to it."""

    def __init__(self, store: Store, cipher: Cipher, desk: TokenDesk, now: Callable[[], datetime]) -> None:
        self.store = store
        self.cipher = cipher
        self.desk = desk
        self.now = now
        self.under_way: set[asyncio.Task[None]] = set()

    async def token_of(self, person_id: int) -> str | None:
        """Return a person's token, None where there is none, or none that can be read."""
        stored = await self.store.read(lambda conn: user_token(conn, person_id))
        if stored is None:
            return None
        try:
            return self.cipher.open(stored.access, f"access/{person_id}")
        except SealBrokenError:
            return None

    async def begin(self, person_id: int, access: str) -> None:
        """Begin to end a token, unless something here still reads with it."""
        if await self.store.read(lambda conn: user_token(conn, person_id)) is not None:
            return
        task = asyncio.create_task(self.end(person_id, access))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def end(self, person_id: int, access: str) -> None:
        """End a token; where GitHub does not answer, it ends by itself within hours, and nobody has it any more."""
        try:
            await self.desk.end(access, self.now())
        except (Later, Refused) as error:
            log.warning("a token could not be ended at GitHub", person=person_id, reason=error.reason)

    async def close(self) -> None:
        """Wait for what is under way: it is one request each."""
        await asyncio.gather(*self.under_way, return_exceptions=True)
