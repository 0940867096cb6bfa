"""/healthz: the process answers. /readyz: it can do its work, or why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from storage.connection import Connection
from storage.engine import Store
from storage.queue import counts
from storage.version import is_current

PATIENCE = 5.0  # seconds: what asks gives up not much later

log = structlog.get_logger(__name__)


async def healthz(_request: web.Request) -> web.Response:
    """Answer 200 as long as the event loop turns."""
    return web.json_response({"status": "alive"})


class Readiness:
    """Tells whether this process can do its work.

    reasons(): the reasons why not, as far as the process itself knows them, each a sentence.
    """

    def __init__(self, store: Store, reasons: Callable[[], list[str]]) -> None:
        self.store = store
        self.reasons = reasons

    async def readyz(self, _request: web.Request) -> web.Response:
        """Answer 200 with the queue's counts, or 503 with the reasons."""
        reasons = self.reasons()
        jobs: dict[str, int] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                current, jobs = await self.store.read(self.look)
        except Exception as error:  # any fault of the database is the answer to this question
            log.exception("the database does not answer", error=repr(error))
            reasons.append(f"the database does not answer: {type(error).__name__}")  # its words may name what is secret
        else:
            reasons += [] if current else ["the database's schema is not this version's"]
        if reasons:
            return web.json_response({"status": "not ready", "reasons": reasons}, status=503)
        return web.json_response({"status": "ready", "jobs": jobs})

    @staticmethod
    async def look(connection: Connection) -> tuple[bool, dict[str, int]]:
        return await is_current(connection), await counts(connection)
