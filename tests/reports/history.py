"""Small histories for the tests of import and export."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

from analytics.traffic import Count
from reports.export_files import WRITERS
from reports.exporting import Span, What, columns_of, rows_of
from reports.importing.files import Source
from reports.importing.imported import Imported
from reports.importing.keep import Plan, plan, write
from reports.importing.sheet import TextFile
from storage.engine import Store
from storage.installations import Repository, save_repository

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LANTERN = Repository(7, 1, "quartz", "lantern", "public", "main")
COMPASS = Repository(3, 1, "Quartz", "compass", "public", "main")
SOURCE = Source("plain", "history.csv", "0" * 64)
IMPORTABLE: tuple[What, ...] = ("traffic", "weeks", "referrers", "paths", "stars", "snapshots")


def on(text: str) -> date:
    return date.fromisoformat(text)


def series(**days: tuple[int, int]) -> dict[date, Count]:
    """Return days written as d20241118=(5, 2)."""
    return {datetime.strptime(name, "d%Y%m%d").date(): Count(*pair) for name, pair in days.items()}  # noqa: DTZ007


def file(name: str, *lines: str) -> TextFile:
    return TextFile(name, "\n".join(lines) + "\n")


async def bring(store: Store, found: Imported, repository: Repository = LANTERN, source: Source = SOURCE) -> Plan:
    """Import into a repository, as --apply does; return what was planned."""
    await store.write(lambda conn: save_repository(conn, repository))

    async def work(conn: Any) -> Plan:
        planned = await plan(conn, repository.id, found)
        await write(conn, planned, source, NOW)
        return planned

    return await store.write(work)


async def exported(
    store: Store, what: What, form: str = "csv", repository: Repository | None = LANTERN, span: Span | None = None
) -> bytes:
    """Return an export's bytes; of every repository if there is none."""
    out = io.BytesIO()
    writer = WRITERS[form](out, columns_of(what, everything=repository is None))
    async for rows in rows_of(store, what, span or Span(), repository):
        writer.write(rows)
    writer.close()
    return out.getvalue()


async def text(store: Store, what: What, **options: Any) -> list[str]:
    return (await exported(store, what, **options)).decode().splitlines()
