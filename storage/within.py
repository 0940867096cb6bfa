"""A store whose every read and write belongs to one transaction that is open already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.connection import Connection
from storage.engine import Store

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]


class Within(Store):
    """Looks like `Store` to whoever is given it; what it writes is kept or not with the transaction of `conn`."""

    def __init__(self, store: Store, conn: Connection) -> None:
        super().__init__(store.url, store.engine)
        self.conn = conn

    async def read(self, work: Work[T]) -> T:
        return await work(self.conn)

    async def glance(self, work: Work[T]) -> T:
        return await work(self.conn)

    async def look(self, work: Work[T]) -> T:
        return await work(self.conn)

    async def write(self, work: Work[T]) -> T:
        return await work(self.conn)

    async def at_once(self, work: Work[T]) -> T:
        return await work(self.conn)
