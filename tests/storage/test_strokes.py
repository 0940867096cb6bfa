"""What fails on a full disk leaves nothing behind that fails once there is room again."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.connection import Connection
from storage.engine import Store


@contextmanager
def full_behind(size: int) -> Iterator[None]:
    """Let whatever this process writes behind so many bytes of a file fail, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("room", "statements"), [(0, 1), (0, 300), (4_096, 1), (4_096, 300), (40_000, 300)])
async def test_after_a_full_disk_it_writes_as_before(tmp_path: Path, room: int, statements: int) -> None:
    """With nothing written before, at the first page, in the middle of a transaction and at its end."""

    async def write(conn: Connection) -> None:
        for _ in range(statements):
            await conn.execute(text("INSERT INTO things VALUES (zeroblob(3000))"))

    store = await Store.open(f"sqlite:///{tmp_path / 'small.db'}")
    try:
        await store.write(lambda conn: conn.execute(text("CREATE TABLE things (thing BLOB)")))
        with full_behind(room):
            for _ in range(3):
                with pytest.raises(Exception, match="disk"):
                    await store.at_once(write)
        await store.at_once(write)
        assert await store.read(lambda conn: conn.scalar(text("SELECT count(*) FROM things"))) == statements
    finally:
        await store.close()
