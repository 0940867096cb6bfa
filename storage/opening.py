"""Opening a database for a server: one that is just starting, or recovering from a crash, is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import OperationalError

from storage.engine import Store

# What PostgreSQL refuses connections with while it starts, recovers or stops (cannot_connect_now). Its driver hands on
# no code for a connection that never came to be, only these words.
NOT_YET = "FATAL:  the database system is "
PAUSES = (0.25, 0.5, 1.0, 2.0, *[4.0] * 14)  # seconds, a minute in all: so long a recovery may take, then it is said

log = structlog.get_logger(__name__)


async def open_when_ready(url: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Store:
    """Open the database as `Store.open` does, after waiting up to a minute for one that says it is not ready yet.

    Raises what `Store.open` raises; a database that does not listen at all is not waited for.
    """
    for pause in PAUSES:
        try:
            return await Store.open(url)
        except OperationalError as error:
            if NOT_YET not in str(error.orig):
                raise
            log.warning("the database is not ready yet; it is tried again", seconds=pause)
        await sleep(pause)
    return await Store.open(url)
