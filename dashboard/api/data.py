"""/repositories/{owner}/{name}/data: the tables, and their rows."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from dashboard.access import Visible, not_there
from dashboard.api.operations import Asking, Format, Nothing, Operation, Paged, Reply
from dashboard.api.rows import Known, found_rows, traffic_of
from reports.known_settings import known_settings
from storage.previewed_catalogue import TABLES, Kind, Table, tables


class Column(msgspec.Struct):
    """A column. kind: what it holds; days are dates in UTC, moments are ISO 8601."""

    name: str
    kind: Kind


class TableKnown(msgspec.Struct):
    """A table. traffic: whether it is for those alone who may see traffic."""

    name: str
    title: str
    what: str
    traffic: bool
    columns: list[Column]


class Tables(msgspec.Struct):
    """The tables that the caller may read."""

    items: list[TableKnown]


class AsksRows(Paged, frozen=True, kw_only=True):
    """Which rows, in what order."""

    sort: Annotated[str, Meta(description="The column to sort by; by itself a table is sorted by its time.")] | None = (
        None
    )
    order: Annotated[Literal["asc", "desc"], Meta(description="The largest first is desc.")] = "desc"
    format: Format = "json"


MORE = (
    "A column narrows the rows: `author=opal` is contained; a number, date or moment has `.from` and `.to`, both "
    "included; yes and no are written so."
)


class DataRows(msgspec.Struct):
    """Rows. What is unknown is null."""

    items: list[dict[str, str | int | bool | None]]
    columns: list[Column]
    completeness: Known
    next: str | None


async def listed(asking: Asking, _query: Nothing) -> Reply:
    """Answer with the tables."""
    visible = await asking.repository()
    people = (await known_settings(asking.front.services.store, visible.repository)).terms.people
    return Reply(
        Tables(
            [
                TableKnown(
                    one.name, one.title, one.what, one.traffic, [Column(c.name, c.kind) for c in one.shown(people)]
                )
                for one in tables(sees_traffic=visible.sees_traffic)
            ]
        )
    )


async def rows(asking: Asking, query: AsksRows) -> Reply:
    """Answer with rows of a table."""
    table, visible = await named(asking)
    words = [("order", query.order), *([("sort", query.sort)] if query.sort else []), *asking.more]
    found = await found_rows(asking, visible, table, words, query)
    if query.format == "csv":
        return found.csv(table.name)
    columns = [Column(one.name, one.kind) for one in found.wanted.columns]
    return Reply(DataRows(found.texts, columns, found.known, found.following), found.following)


async def named(asking: Asking) -> tuple[Table, Visible]:
    """Return the table of the path and the repository; raises 404, and 403 for traffic that is not the caller's."""
    table = TABLES.get(asking.places["table"])
    visible = await (traffic_of(asking) if table is not None and table.traffic else asking.repository())
    if table is None:
        raise not_there()
    return table, visible


OPERATIONS = (
    Operation(
        "tables", "/repositories/{owner}/{name}/data", "The tables of a repository.", Tables, listed,
        scope="read:data", tag="rows",
    ),
    Operation(
        "rows", "/repositories/{owner}/{name}/data/{table}", "Rows of a table, the newest first.", DataRows, rows,
        AsksRows, "read:data", more=MORE, tag="rows",
    ),
)  # fmt: skip
