"""A table as a file: CSV and JSON as they are read, Parquet from a file that a process of its own has written.

No more than some rows are held for each. Few are sent at once, and fewer to one person, so that whoever reads slowly
keeps only their own place, and whoever takes nothing loses it.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from aiohttp import web

from dashboard.headers import UNKEPT, secure
from dashboard.of_fronts import OfFronts
from reports.rows_files import MEDIA_TYPES, csv_parts, json_parts
from storage.engine import Store
from storage.previewed import Wanted

AT_ONCE = 6
OF_ONE = 2
"""Of one person: however slowly they read, places are left for others."""
PATIENCE = 60.0  # seconds that a reader may take nothing: then the place is for the next
WRITERS = 1  # processes that write Parquet
AGAIN_AFTER = 10  # seconds
BUSY = "Several files are being fetched at the moment; please try again in some seconds."
YOURS = "You are fetching two files already; please let one of them end."
FAILED = "The Parquet file could not be written; CSV and JSON hold the same rows. The log says why."
PART = 256 * 1024
NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
PARTS = {"csv": csv_parts, "json": json_parts}

log = structlog.get_logger(__name__)


class Room:
    """How many files are being sent, and how many written."""

    def __init__(self) -> None:
        self.sent = 0
        self.of_person: Counter[int] = Counter()
        self.writing = asyncio.Semaphore(WRITERS)

    @asynccontextmanager
    async def place(self, person_id: int) -> AsyncIterator[None]:
        """Hold one of the places; raises 429 where one person has theirs already, and 503 where all are taken."""
        if self.of_person[person_id] >= OF_ONE:
            raise web.HTTPTooManyRequests(text=YOURS, headers={"Retry-After": str(AGAIN_AFTER)})
        if self.sent >= AT_ONCE:
            raise web.HTTPServiceUnavailable(text=BUSY, headers={"Retry-After": str(AGAIN_AFTER)})
        self.sent += 1
        self.of_person[person_id] += 1
        try:
            yield
        finally:
            self.sent -= 1
            self.of_person[person_id] -= 1
            if not self.of_person[person_id]:
                del self.of_person[person_id]


ROOMS: OfFronts[Room] = OfFronts(lambda _: Room())


async def sent(  # noqa: PLR0917 - which rows, from where, in what form, to whom
    request: web.Request, room: Room, person_id: int, store: Store, wanted: Wanted, form: str, name: str
) -> web.StreamResponse:
    """Send rows as a file of a form: `csv`, `json` or `parquet`. name: what it is called, made safe here."""
    async with room.place(person_id):
        if form != "parquet":
            return await streamed(request, PARTS[form](store, wanted), begun(form, name))
        with tempfile.TemporaryDirectory(prefix="almanac-parquet-") as folder:
            path = Path(folder) / "rows.parquet"
            async with room.writing:
                await written(store, wanted, path)
            response = begun(form, name)
            response.content_length = path.stat().st_size
            await response.prepare(request)
            # whoever stops fetching is told nothing more
            with path.open("rb") as file, suppress(ConnectionError):
                while part := await asyncio.to_thread(file.read, PART):
                    await taken(request, response, part)
                await response.write_eof()
            return response


async def streamed(
    request: web.Request, parts: AsyncIterator[bytes], response: web.StreamResponse
) -> web.StreamResponse:
    """Send parts as they are made, the first two of them made before the headers are sent.

    These are the heads and the first rows, so that what the database refuses is a status and no broken file.
    """
    begun_with = await anext(parts, b"") + await anext(parts, b"")
    await response.prepare(request)
    # whoever stops fetching is told nothing more
    with suppress(ConnectionError):
        await taken(request, response, begun_with)
        async for part in parts:
            await taken(request, response, part)
        await response.write_eof()
    return response


async def taken(request: web.Request, response: web.StreamResponse, part: bytes) -> None:
    """Send a part; ends the connection, and raises ConnectionResetError, where the reader takes nothing for long."""
    try:
        async with asyncio.timeout(PATIENCE):
            await response.write(part)
    except TimeoutError:
        log.info("a file was not taken", path=request.path)
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionResetError("the reader took nothing") from None


async def written(store: Store, wanted: Wanted, path: Path) -> None:
    """Write Parquet; raises 503 where that goes wrong."""
    # few want it: what it takes is imported for them
    module = await asyncio.to_thread(importlib.import_module, "reports.rows_parquet")
    try:
        await module.written(store.url, wanted, path)
    except (RuntimeError, TimeoutError, OSError) as error:
        log.warning("a Parquet file could not be written", table=wanted.table.name, error=str(error))
        raise web.HTTPServiceUnavailable(text=FAILED) from error


def begun(form: str, name: str) -> web.StreamResponse:
    """Return the response that a file goes into; `secure` comes before the first byte, since headers go with it."""
    safe = NO_NAME.sub("-", name).strip("-.") or "rows"
    headers = {
        "Content-Type": MEDIA_TYPES[form],
        "Content-Disposition": f'attachment; filename="{safe}.{form}"',
        "Cache-Control": UNKEPT,
    }
    return secure(web.StreamResponse(headers=headers))
