"""`python -m reports.rows_parquet FILE`: rows as Parquet, written by a process of its own.

PyArrow takes more memory than a server may; this process has it while one file is made. What is wanted comes as one
JSON object on standard input, so that neither the database's address nor a filter is seen in the list of processes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from analytics.lazy import lazy
from analytics.terms import People, Terms
from storage.engine import Store
from storage.previewed import Wanted, chunks
from storage.previewed_catalogue import TABLES
from storage.previewed_filters import Filter, Test

pa, parquet = lazy("pyarrow"), lazy("pyarrow.parquet")

ROWS = 20_000  # of one group in the file
END_SECONDS = 600
KEPT = ("PATH", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")  # of the environment; our secrets are not


class Condition(msgspec.Struct):
    """A filter, its value as text where JSON has no form of its own for it."""

    column: str
    test: Test
    value: str | int | bool


class Order(msgspec.Struct):
    """What is wanted, as it crosses to the process."""

    database: str
    repository_id: int
    table: str
    filters: list[Condition]
    people: People
    bots: list[str]


def order_of(database: str, wanted: Wanted) -> bytes:
    """Return what is wanted as JSON; its columns follow from it there as here."""
    filters = [
        Condition(one.column, one.test, one.value.isoformat() if isinstance(one.value, date) else one.value)
        for one in wanted.filters
    ]
    terms = wanted.terms
    order = Order(database, wanted.repository_id, wanted.table.name, filters, terms.people, list(terms.bots))
    return msgspec.json.encode(order)


def wanted_of(order: Order) -> Wanted:
    """Return what was wanted."""
    table = TABLES[order.table]
    filters = tuple(Filter(one.column, one.test, value_of(table.column(one.column).kind, one)) for one in order.filters)
    return Wanted(order.repository_id, table, filters, terms=Terms(people=order.people, bots=tuple(order.bots)))


def value_of(kind: str, condition: Condition) -> Any:
    """Return a filter's value as the column's kind has it."""
    if kind == "day":
        return date.fromisoformat(str(condition.value))
    return datetime.fromisoformat(str(condition.value)) if kind == "moment" else condition.value


async def write(order: Order, path: Path) -> None:
    """Write the file: dates, UTC microseconds, whole numbers, yes and no, texts; an unknown value is null."""
    wanted = wanted_of(order)
    types = {
        "text": pa.string(), "count": pa.int64(), "day": pa.date32(), "moment": pa.timestamp("us", tz="UTC"),
        "yes-no": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.name, types[column.kind]) for column in wanted.columns])
    store = await Store.open(order.database)
    try:
        with parquet.ParquetWriter(path, schema) as file:
            async for rows in chunks(store, wanted, ROWS):
                arrays = [
                    pa.array(cells, field.type) for cells, field in zip(zip(*rows, strict=True), schema, strict=True)
                ]
                file.write_table(pa.Table.from_arrays(arrays, schema=schema))
    finally:
        await store.close()


async def written(database: str, wanted: Wanted, path: Path) -> None:
    """Have the file written by a process of its own; raise RuntimeError with what it said if that went wrong.

    If whoever waits leaves, the process ends.
    """
    keep = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("PG")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1], env=keep,
    )  # fmt: skip
    try:
        async with asyncio.timeout(END_SECONDS):
            _, said = await process.communicate(order_of(database, wanted))
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"the Parquet file could not be written: {last}")


if __name__ == "__main__":
    os.nice(5)  # whoever waits for a page or a thread comes first
    asyncio.run(write(msgspec.json.decode(sys.stdin.buffer.read(), type=Order), Path(sys.argv[1])))
