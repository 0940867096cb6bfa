"""Rows as the bytes of a file, some at a time: CSV or JSON, in the form that `reports.export_files` writes."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from reports.cells import csv_text
from reports.export_files import plain
from storage.engine import Store
from storage.previewed import Row, Wanted, chunks
from storage.previewed_catalogue import Column

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


async def csv_parts(store: Store, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield RFC 4180 text in UTF-8: an unknown value is an empty cell, no text is taken for a formula.

    It begins with a byte order mark: Excel takes a file without one that is opened by a double click for the language's
    old encoding, in which `Größe` is another word.
    """
    yield BOM_UTF8 + csv_text([[column.name for column in wanted.columns]]).encode()
    async for rows in chunks(store, wanted):
        yield csv_text(map(csv_cell, row) for row in rows).encode()


async def json_parts(store: Store, wanted: Wanted) -> AsyncIterator[bytes]:
    """Yield an array of objects, one on each line; an unknown value is null."""
    before = b"[\n"
    async for rows in chunks(store, wanted):
        yield before + b",\n".join(records(wanted.columns, rows))
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def csv_cell(value: Any) -> str | int | None:
    """Return a value as it stands in a cell: yes and no are `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value)


def records(columns: Sequence[Column], rows: Iterable[Row]) -> Iterable[bytes]:
    """Return each row as an object."""
    names = [column.name for column in columns]
    for row in rows:
        values = (plain(value) if isinstance(value, date) else value for value in row)
        yield msgspec.json.encode(dict(zip(names, values, strict=True)))
