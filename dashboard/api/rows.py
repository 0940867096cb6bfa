"""A page of stored rows: the same tables, filters and words on people as on the page of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from dashboard.access import Visible
from dashboard.answers import plain as in_plain
from dashboard.api.cursors import opened, sealed
from dashboard.api.operations import Asking, Paged, Reply
from dashboard.api.problems import ProblemError
from dashboard.api.replies import CSV
from dashboard.data_query import asked, mark
from reports.cells import csv_text
from reports.export_files import plain
from reports.freshening import freshen_datasets
from reports.gather import ANY_SHAPE
from reports.known_settings import known_settings
from reports.rows_files import csv_cell
from reports.sentences import traffic_refused
from storage.previewed import Page, Place, Row, Wanted, page
from storage.previewed_catalogue import Table
from storage.run_pages import last_read
from storage.watermarks import watermarks

OF_DATASETS: Mapping[str, tuple[str, ...]] = {
    "pulls": ("pulls",),
    "reviews": ("pulls",),
    "issues": ("issues",),
    "comments": ("issues", "pulls"),
    "timeline": ("pulls",),
    "commits": ("commits",),
    "releases": ("releases",),
    "stars": ("stars",),
}
"""What a table's rows are read with; all others are filled by captures."""
PLACES = ("after", "before")  # of pages for people


class Known(msgspec.Struct):
    """How complete and how new rows are.

    complete: whether the whole history is stored; null for what captures bring, where each row says what is not known ·
    synced_at: when all of it was read last · complete_since: from when on everything is there · stale: datasets that
    newer rows are being read of just now.
    """

    complete: bool | None
    synced_at: datetime | None
    complete_since: datetime | None
    stale: list[str]
    notes: list[str]


@dataclass(frozen=True)
class Found:
    """A page of rows: what was asked, what there is, how complete it is, and the cursor of the next page."""

    wanted: Wanted
    page: Page
    known: Known
    following: str | None

    @property
    def records(self) -> list[dict[str, Any]]:
        """Each row by its columns; dates and moments as values."""
        names = [column.name for column in self.wanted.columns]
        return [dict(zip(names, row, strict=True)) for row in self.page.rows]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """The same with dates and moments as texts, as files have them."""
        return [{name: text(value) for name, value in one.items()} for one in self.records]

    def csv(self, name: str) -> Reply:
        """Return these rows as CSV."""
        head = [column.name for column in self.wanted.columns]
        lines = csv_text([head, *(map(csv_cell, row) for row in self.page.rows)])
        return Reply(lines.encode(), self.following, CSV, f"{name}.csv")


def text(value: Any) -> Any:
    """Return a value as files have it."""
    return plain(value) if isinstance(value, date) else value


async def traffic_of(asking: Asking) -> Visible:
    """Return the repository of the path for somebody who may see its traffic; raises 404, and 403."""
    person, places = asking.caller.person, asking.places
    visible = await asking.front.access.repository_for(person, places["owner"], places["name"])
    if not visible.sees_traffic:
        raise ProblemError(403, in_plain(traffic_refused(visible.repository.full_name)))
    asking.caller.needs("read:traffic")
    return visible


async def found_rows(
    asking: Asking, visible: Visible, table: Table, words: Iterable[tuple[str, str]], query: Paged
) -> Found:
    """Return a page of a table's rows. words: how they are narrowed and sorted; raises Unclear, 422."""
    store, cipher, repository = asking.front.services.store, asking.front.login.cipher, visible.repository
    said = list(words)
    if any(name in PLACES for name, _ in said):
        raise ProblemError(422, "A page begins at a cursor here.", nearest="cursor")
    terms = (await known_settings(store, repository)).terms
    wanted = asked(table, repository.id, terms, said, cipher).wanted
    question = f"{asking.question} {mark(wanted)}"
    place = None
    if query.cursor is not None:
        known, at = opened(cipher, question, query.cursor, tuple[bool, list[int | str]])
        place = Place(known, tuple(at))
    read = await store.read(lambda conn: page(conn, wanted, query.limit, place))
    following = None if read.after is None else sealed(cipher, question, [read.after.known, list(read.after.at)])
    return Found(wanted, read, await known_of(asking, visible, table), following)


async def known_of(asking: Asking, visible: Visible, table: Table) -> Known:
    """Return how complete a table is; what is old is read anew behind the answer."""
    services, repository = asking.front.services, visible.repository
    datasets = OF_DATASETS.get(table.name)
    if datasets is None:
        return Known(None, await services.store.read(lambda conn: last_read(conn, repository.id)), None, [], [])
    now = services.now()
    stale = await freshen_datasets(services, repository, datasets, now, ANY_SHAPE)
    marks = await services.store.read(lambda conn: watermarks(conn, repository.id))
    there = [marks[name] for name in datasets if name in marks]
    synced = [mark.synced_at for mark in there if mark.synced_at is not None]
    since = [mark.covered_since for mark in there if not mark.whole_history and mark.covered_since is not None]
    whole = len(there) == len(datasets) and all(mark.whole_history for mark in there)
    notes = [f"{mark.dataset}: {mark.error}" for mark in there if mark.error]
    all_synced = min(synced) if len(synced) == len(datasets) else None
    return Known(whole, all_synced, max(since) if since else None, list(stale), notes)


__all__ = ["OF_DATASETS", "Found", "Known", "Row", "found_rows", "traffic_of"]
