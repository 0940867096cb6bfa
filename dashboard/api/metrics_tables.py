"""/…/metrics/{metric}/tables/{table}: one table of an answer as flat rows, for Grafana and spreadsheets."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

import msgspec

from analytics.metric import Grid
from dashboard.api.cursors import opened, sealed
from dashboard.api.metrics import COST, MORE, Asks, Completeness, asked, values
from dashboard.api.operations import Asking, Cursor, Format, Limit, Operation, Reply
from dashboard.api.problems import ProblemError
from dashboard.api.replies import CSV
from reports.answer import Answer
from reports.export import csv_text, plain

FACTS = "facts"
CHANGED = "The answer has changed since the page before; please begin without a cursor."


class AsksRows(Asks, frozen=True, kw_only=True):
    """What is asked, a page at a time; CSV is the whole table."""

    limit: Limit = 1000
    cursor: Cursor | None = None
    format: Format = "json"


class TableRows(msgspec.Struct):
    """Rows of a table, each with the same columns. tables: the names of all tables of the answer."""

    items: list[dict[str, str | int | float | bool | None]]
    columns: list[str]
    tables: list[str]
    as_of: datetime
    completeness: Completeness
    next: str | None


async def rows(asking: Asking, query: AsksRows) -> Reply:
    """Answer with the rows of a table."""
    visible, about, found = await asked(asking, query)
    tables, name = tables_of(found), asking.places["table"]
    if name not in tables:
        near = get_close_matches(name, list(tables), 1, 0.5)
        raise ProblemError(
            404, f"This answer has no table {name!r}; it has {', '.join(tables)}.", nearest=near[0] if near else None
        )
    grid = tables[name]
    if query.format == "csv":
        return Reply(csv_text(grid.columns, grid.rows).encode(), None, CSV, f"{about.asked.metric}-{name}.csv")
    cipher, begin, as_of = asking.front.login.cipher, 0, found.as_of.isoformat()
    if query.cursor is not None:
        begin, before = opened(cipher, asking.question, query.cursor, tuple[int, str])
        if before != as_of:
            raise ProblemError(409, CHANGED)
    end = begin + query.limit
    following = sealed(cipher, asking.question, (end, as_of)) if end < len(grid.rows) else None
    said = values(visible, about, found)
    shown = Grid(grid.columns, grid.rows[begin:end]).records()
    body = {
        "items": shown,
        "columns": list(grid.columns),
        "tables": list(tables),
        "as_of": said["as_of"],
        "completeness": said["completeness"],
        "next": following,
    }
    return Reply(body, following)


def tables_of(found: Answer) -> dict[str, Grid]:
    """Return the tables of an answer by name, its facts as the first: `fact` and `value`."""
    (section,) = found.sections
    facts = Grid(("fact", "value"), tuple((name, plain(value)) for name, value in section.now.facts.items()))
    return {FACTS: facts, **section.now.tables}


OPERATIONS = (
    Operation(
        "metric-table", "/repositories/{owner}/{name}/metrics/{metric}/tables/{table}",
        "One table of an answer as flat rows; `facts` is one, too.", TableRows, rows, AsksRows, "read:metrics", COST,
        MORE, "answers",
    ),
)  # fmt: skip
