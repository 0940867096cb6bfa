"""Call a function of `storage` with arguments inside a transaction: `await write(store, save_repository, value)`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from storage.connection import Connection
from storage.engine import Store

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[Concatenate[Connection, P], Awaitable[T]]


async def write(store: Store, function: Function[P, T], *given: P.args, **named: P.kwargs) -> T:
    return await store.write(lambda conn: function(conn, *given, **named))


async def read(store: Store, function: Function[P, T], *given: P.args, **named: P.kwargs) -> T:
    return await store.read(lambda conn: function(conn, *given, **named))
