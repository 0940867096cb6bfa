"""CSV, JSON and Parquet, written row after row: nothing but one repository's rows is ever held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import BinaryIO, Protocol

import msgspec

from analytics.lazy import lazy
from reports.cells import csv_text
from reports.exporting import Kind, Value

pa, parquet = lazy("pyarrow"), lazy("pyarrow.parquet")

Columns = Sequence[tuple[str, Kind]]


class Writer(Protocol):
    """Writes rows to a binary stream; `close` writes what a file of the format ends with and leaves the stream open."""

    def write(self, rows: Iterable[Sequence[Value]]) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """RFC 4180, UTF-8: an unknown value is an empty cell, and no text is taken for a formula by a spreadsheet."""

    def __init__(self, out: BinaryIO, columns: Columns) -> None:
        self.out = out
        self.put([[name for name, _ in columns]])

    def write(self, rows: Iterable[Sequence[Value]]) -> None:
        self.put(map(plain, row) for row in rows)

    def put(self, rows: Iterable[Iterable[object]]) -> None:
        self.out.write(csv_text(rows).encode())

    def close(self) -> None:
        """Nothing follows the last row."""


class JsonWriter:
    """An array of objects, one on each line; an unknown value is null."""

    def __init__(self, out: BinaryIO, columns: Columns) -> None:
        self.out = out
        self.names = [name for name, _ in columns]
        self.before = b"[\n"

    def write(self, rows: Iterable[Sequence[Value]]) -> None:
        for row in rows:
            record = dict(zip(self.names, map(plain, row), strict=True))
            self.out.write(self.before + msgspec.json.encode(record))
            self.before = b",\n"

    def close(self) -> None:
        self.out.write(b"[]\n" if self.before == b"[\n" else b"\n]\n")


class ParquetWriter:
    """Parquet with typed columns: dates, UTC microseconds, whole numbers; an unknown value is null."""

    def __init__(self, out: BinaryIO, columns: Columns) -> None:
        types = {"text": pa.string(), "count": pa.int64(), "day": pa.date32(), "moment": pa.timestamp("us", tz="UTC")}
        self.schema = pa.schema([(name, types[kind]) for name, kind in columns])
        self.file = parquet.ParquetWriter(out, self.schema)

    def write(self, rows: Iterable[Sequence[Value]]) -> None:
        columns = list(zip(*rows, strict=True))
        if columns:
            arrays = [pa.array(column, field.type) for column, field in zip(columns, self.schema, strict=True)]
            self.file.write_table(pa.Table.from_arrays(arrays, schema=self.schema))

    def close(self) -> None:
        self.file.close()


WRITERS: dict[str, type[CsvWriter | JsonWriter | ParquetWriter]] = {
    "csv": CsvWriter,
    "json": JsonWriter,
    "parquet": ParquetWriter,
}


def plain(value: Value) -> str | int | None:
    """Return a date as 2024-11-18, a moment as 2024-11-18T08:00:00Z, with a fraction only if it has one."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
