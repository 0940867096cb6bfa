"""What is asked of one repository touches that repository's rows, however many others there are.

The statements are those that the server really sends while somebody reads every page, asks in a thread and has traffic
captured. Each is explained where it was run, and no table that grows with the number of repositories may be read whole.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

import storage.loading
import storage.schema_access
import storage.schema_traffic
from reports.pool import run_here
from storage.schema import metadata
from storage.urls import libpq
from tests.dashboard.full_town import full_town
from tests.stories.conftest import SharedPool
from tests.stories.test_capture import TOKEN, ticked

pytestmark = pytest.mark.usefixtures("town_of")  # the pool that all stories share

EXPLAINED = ("SELECT", "UPDATE", "DELETE", "WITH")
FEW = {
    "invitations",  # those that are open, of all repositories; what is over goes at the next one
    "askings",  # those of eight days; once a night all that are older go, and nobody else looks at more than one's own
}
OF_ALL = "coalesce(watermarks.reconciled_at, watermarks.synced_at)"
"""In what is asked once a night of all repositories: which have not been looked at; that may look at each."""
ANY_ROW = re.compile(r"SELECT EXISTS \(SELECT 1 FROM \w+\)( OR EXISTS \(SELECT 1 FROM \w+\))*")  # ends at the first
WRITTEN_ONLY = {"raw_answers"}  # and read by whoever mends something
OF_A_YEAR = re.compile("_(other|to_[0-9]+|[0-9]{4})$")  # what ends the name of a partition
LARGE = frozenset(name for name, table in metadata.tables.items() if "repository_id" in table.c) - FEW

Statements = dict[str, Any]
Note = Callable[[str, Any], None]


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    """Note each statement that this process sends, the pool's among them, with the values it was sent with."""
    sent: Statements = {}

    def note(statement: str, values: Any) -> None:
        if OF_ALL in statement or ANY_ROW.fullmatch(statement):
            return
        if statement.lstrip().upper().startswith(EXPLAINED):
            sent.setdefault(statement, values)

    def by_engine(_conn: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        note(statement, values[0] if many else values)

    in_this_process(monkeypatch, note)
    event.listen(Engine, "before_cursor_execute", by_engine)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", by_engine)


def in_this_process(monkeypatch: pytest.MonkeyPatch, note: Note) -> None:
    """Have answers be computed here instead of by the pool, so that what they read is noted, too."""

    async def run(_: object, function: str, task: object) -> object:
        return await asyncio.to_thread(run_here, function, task)

    reading = storage.loading.reading

    @contextmanager
    def read(url: str) -> Iterator[Callable[[str], Any]]:
        with reading(url) as query:

            def noting(statement: str) -> Any:
                note(statement, None)
                return query(statement)

            yield noting

    monkeypatch.setattr(SharedPool, "run", run)
    monkeypatch.setattr(storage.loading, "reading", read)


async def everything_asked(monkeypatch: pytest.MonkeyPatch, folder: Path, **variables: str) -> Statements:
    """Return what is sent to the database while somebody looks at every page, asks in a thread, and has it captured."""
    with noted(monkeypatch) as sent:
        async with full_town(folder, TICK_TOKEN=TOKEN, **variables) as full:
            for address in full.pages.values():
                assert (await full.member.get(address)).status == 200
            await full.says(await full.collect(), "It is done")
            await full.town.say("/analytics 90d")
            full.town.sandbox.clock.advance(timedelta(days=1))
            await ticked(full.town)  # a night, with all that is looked after in it
    return sent


async def test_on_sqlite(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = await everything_asked(monkeypatch, folder)
    whole = {}
    connection = sqlite3.connect(folder / "almanac.db")
    for statement, values in statements.items():
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values or ())]
        read = [line for line in plan if (found := re.match(r"SCAN (\w+)", line)) and found[1] in LARGE]
        if read:
            whole[statement] = read
    connection.close()
    assert whole == {}
    assert are_enough(statements)


async def test_on_postgresql(folder: Path, postgresql_town: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading a table whole costs more than anything else, the plan has another way for each statement."""
    statements = await everything_asked(monkeypatch, folder, DATABASE_URL=postgresql_town)
    whole = {}
    with psycopg.connect(libpq(postgresql_town)) as connection:
        connection.execute("SET enable_seqscan = off")
        # of a handful of rows each way costs the same, and which of them was counted last would decide
        connection.execute("SET enable_mergejoin = off")
        connection.execute("SET enable_hashjoin = off")
        for statement, values in statements.items():
            explained = connection.execute(f"EXPLAIN (FORMAT JSON) {statement}".encode(), values).fetchone()
            assert explained is not None
            read = [node for node in nodes(explained[0][0]["Plan"]) if reads_all(node)]
            if read:
                whole[statement] = read
    assert whole == {}
    assert are_enough(statements)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan's steps, without those inside them."""
    yield {name: value for name, value in plan.items() if name != "Plans"}
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def reads_all(node: dict[str, Any]) -> bool:
    """Tell whether a step reads every row of a large table or of a year of it, or every entry of an index of one."""
    by_index = node["Node Type"] in ("Index Scan", "Index Only Scan")
    scans = node["Node Type"] == "Seq Scan" or (by_index and "Index Cond" not in node)
    return scans and OF_A_YEAR.sub("", node.get("Relation Name", "")) in LARGE


def are_enough(statements: Statements) -> bool:
    """Tell whether every large table was asked: a page that asks nothing shows nothing."""
    everything = " ".join(statements)
    unasked = {name for name in LARGE - WRITTEN_ONLY if not re.search(rf"\b{name}\b", everything)}
    assert unasked == set()
    return True
