"""Rows in every table of a migrated database, with values at the edges of what a column can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Column

from storage import queue
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Repository, save_repository
from storage.moving_jobs import plan
from storage.moving_plan import Moved, kind_of
from storage.moving_sides import open_side
from storage.moving_values import RANGES, Kind, Row, Value
from storage.queue import NewJob
from storage.schema import metadata
from tests.storage.filled import fill

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROWS = 24
TEXTS = (
    "plain", "Plain", "PLAIN", "", "\\N", "a\tb", "a\nb\r\n", "it's \"quoted\"", "\\x00", "null", "é", "e\u0301", "ß",
    "Ω", "中文", "😀", "\uffff", "\U0010ffff", "{}", '{"a": [1, null]}', " ", "\x01\x1f\x7f", "=1+1", "a" * 5000,
)  # fmt: skip


def value(table: str, column: Column[object], number: int, made: dict[str, list[Row]]) -> Value:
    """Return a value for a column of the `number`-th row, that is of no other row where it must not be."""
    for key in column.foreign_keys:
        parent = key.column.table
        place = list(parent.columns).index(key.column)
        there = made[parent.name]
        if column.nullable and number % 3 == 0:
            return None
        return there[number % len(there)][place]
    kind = kind_of(column)
    single = column.primary_key or (table, column.name) in {("actors", "key"), ("api_tokens", "hash")}
    if column.nullable and number % 3 == 0:
        return None
    if column.name == "id" and kind is Kind.BIG:
        return 1000 + number if number % 2 else 2**40 + number  # there is room after it for new ones
    match kind:
        case Kind.TEXT:
            return f"{TEXTS[number % len(TEXTS)]}{number if single else ''}"
        case Kind.BYTES:
            return number.to_bytes(2, "big") + bytes(range(256)) if single or number % 4 else b""
        case Kind.BOOLEAN:
            return number % 2
        case Kind.FLOAT:
            return number / 7
        case _:
            least, most = RANGES[kind]
            return least + 1 + number if number % 2 else most - number


def rows_of(moved: Moved, made: dict[str, list[Row]]) -> list[Row]:
    """Return rows for a table whose parents' rows are made."""
    columns = list(metadata.tables[moved.name].columns)
    return [tuple(value(moved.name, column, number, made) for column in columns) for number in range(ROWS)]


async def put_jobs(store: Store) -> None:
    """Put jobs that come to every end there is."""
    new = [
        NewJob("sync", f"{name}-{number}", f"{name}\0{number}".encode(), lock, priority, run_at)
        for name, lock, priority, run_at in (
            # the first ones are the oldest, and stop nobody of their lock while they wait for their time
            ("later", "repository:7", 5, NOW + 50 * HOUR), ("lane", "repository:7", 5, None),
            ("free", None, 9, None), ("urgent", "repository:8", 7, None),
        )
        for number in range(5)
    ]  # fmt: skip
    await store.write(lambda conn: queue.put(conn, new, NOW))
    claimed = [await queue.claim(store, NOW, HOUR) for _ in range(5)]
    first, second, third, fourth, fifth = claimed
    assert first
    assert second
    assert third
    assert fourth
    assert fifth
    await queue.finish(store, first, NOW)
    await queue.bury(store, second, NOW, "refused: \\N")
    await queue.retry(store, third, NOW + HOUR, "later")
    await queue.finish(store, fourth, NOW)  # the fifth goes on running
    # the highest number is that of a job of which only the key is left
    await store.write(lambda conn: queue.put(conn, [NewJob("sync", "last", b"", None, 99)], NOW))
    last = await queue.claim(store, NOW, HOUR)
    assert last
    assert last.key == "last"
    await queue.finish(store, last, NOW)


async def make_sample(url: str) -> None:
    """Fill a migrated, empty database: a repository as it is used, jobs, and rows at the edges in every table."""
    store = await Store.open(url)

    async def begin(conn: Connection) -> None:
        await save_repository(conn, Repository(7, 1, "quartz", "mine", "public", "main"))

    await store.write(begin)
    await fill(store, 7)
    await put_jobs(store)
    await store.close()
    side = open_side(url)
    made: dict[str, list[Row]] = {}
    with side.writing():
        for moved in plan(side.dialect):
            if "jobs" not in moved.tables:
                made[moved.name] = rows_of(moved, made)
                moved.insert(side, made[moved.name], lenient=False)
    side.close()
