"""A PostgreSQL that is starting is waited for; any other refusal is handed on at once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from storage.opening import PAUSES, open_when_ready

STARTING = ("57P03", "the database system is starting up")
RECOVERING = ("57P03", "the database system is in recovery mode")
MISSING = ("3D000", 'database "almanac" does not exist')


class Refusing:
    """Speaks as much of PostgreSQL's protocol as it takes to refuse: to each who comes the next of its reasons."""

    def __init__(self, *reasons: tuple[str, str]) -> None:
        self.reasons = list(reasons)
        self.asked = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read who comes and send them away, as an ErrorResponse does."""
        self.asked += 1
        code, message = self.reasons.pop(0) if len(self.reasons) > 1 else self.reasons[0]
        size = int.from_bytes(await reader.readexactly(4))
        await reader.readexactly(size - 4)
        fields = b"".join(one.encode() + b"\0" for one in ("SFATAL", "VFATAL", f"C{code}", f"M{message}")) + b"\0"
        writer.write(b"E" + (len(fields) + 4).to_bytes(4) + fields)
        writer.close()


@asynccontextmanager
async def refusing(*reasons: tuple[str, str]) -> AsyncIterator[tuple[Refusing, str]]:
    """Listen where a PostgreSQL would, and yield its address."""
    with tempfile.TemporaryDirectory() as folder:  # a socket's path must be short
        found = Refusing(*reasons)
        async with await asyncio.start_unix_server(found.meet, Path(folder) / ".s.PGSQL.5432"):
            yield found, f"postgresql+psycopg://almanac@/almanac?host={folder}"


async def test_one_that_is_starting_is_asked_again() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with refusing(STARTING, RECOVERING, MISSING) as (found, url):
        with pytest.raises(OperationalError, match="does not exist"):
            await open_when_ready(url, sleep)
    assert (found.asked, slept) == (3, list(PAUSES[:2]))


async def test_after_a_minute_its_own_words_are_said() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with refusing(RECOVERING) as (found, url):
        with pytest.raises(OperationalError, match="in recovery mode"):
            await open_when_ready(url, sleep)
    assert found.asked == len(PAUSES) + 1
    assert 55 < sum(slept) < 65


async def test_one_that_nobody_runs_is_not_waited_for(tmp_path: Path) -> None:
    async def sleep(_seconds: float) -> None:
        pytest.fail("it is waited for")

    with pytest.raises(OperationalError, match="No such file"):
        await open_when_ready(f"postgresql+psycopg://almanac@/almanac?host={tmp_path}", sleep)


async def test_sqlite_opens_at_once(database_file: Path) -> None:
    store = await open_when_ready(f"sqlite:///{database_file}")
    await store.close()
