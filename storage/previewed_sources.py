"""Where each column of `storage.previewed_catalogue` is stored, as SQL of both databases; only names from here get in.

Not imported before somebody looks at the data: it brings the tables of traffic with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, and_, bindparam, case, func, literal, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from storage import schema, schema_traffic
from storage.columns import Day
from storage.previewed_catalogue import MEASURES, TABLES

SETTLED = 2  # a day is provisional while its answer is of before day + 2
OF = bindparam("of", type_=BigInteger)
"""The repository's number."""

Cells = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True)
class Source:
    """What a table's rows are read from.

    rows: the table, or a SELECT of it · scope: the condition of being the repository's · cells: SQL by column; of a
    person, and of somebody's kind, it is the number under which actors are stored · keys: the columns that tell its
    rows apart · logins: columns of persons that hold a login instead.
    """

    rows: FromClause
    scope: ColumnElement[bool]
    cells: Cells
    keys: tuple[str, ...]
    logins: frozenset[str] = frozenset()


def stored(table: Any, keys: tuple[str, ...], logins: frozenset[str] = frozenset(), **cells: Any) -> Source:
    """Return a table's source: each column is the one of the same name, a person's its number, unless it is given."""
    found: dict[str, ColumnElement[Any]] = {}
    for column in TABLES[table.name].columns:
        if column.name in cells:
            found[column.name] = cells[column.name]
        elif column.name.endswith("_kind"):
            found[column.name] = table.c[f"{column.name.removesuffix('_kind')}_id"]
        else:
            by_number = column.person and f"{column.name}_id" in table.c
            found[column.name] = table.c[f"{column.name}_id" if by_number else column.name]
    return Source(table, table.c.repository_id == OF, found, keys, logins)


def pulls() -> Source:
    """Return the pull requests with their state."""
    c = schema.pulls.c
    state = case((c.merged_at.is_not(None), "merged"), (c.closed_at.is_not(None), "closed"), else_="open")
    return stored(schema.pulls, ("number",), state=state)


def issues() -> Source:
    """Return the issues with their state."""
    return stored(
        schema.issues, ("number",), state=case((schema.issues.c.closed_at.is_not(None), "closed"), else_="open")
    )


def traffic() -> Source:
    """Return the days from the first known one to the last, those that nobody knows among them."""
    table = schema_traffic.traffic_days
    rows = without_gaps(table, "day", 1, [
        *(table.c[column.name] for column in MEASURES),
        *(provisional(table, kind).label(f"{kind}_provisional") for kind in ("views", "clones")),
    ])  # fmt: skip
    return Source(rows, literal(True), {**cells_of(rows, "traffic"), "date": rows.c.day}, ("date",))


def weeks() -> Source:
    """Return the Mondays from the first known week to the last."""
    table = schema_traffic.traffic_weeks
    rows = without_gaps(table, "week", 7, [table.c[column.name] for column in MEASURES])
    return Source(rows, literal(True), cells_of(rows, "weeks"), ("week",))


def cells_of(rows: FromClause, name: str) -> dict[str, ColumnElement[Any]]:
    """Return the columns that a SELECT gives the names of the catalogue's."""
    return {column.name: rows.c[column.name] for column in TABLES[name].columns if column.name in rows.c}


def provisional(table: Any, kind: str) -> ColumnElement[bool]:
    """Return whether a known day may still rise; unknown where the day is."""
    day = type_coerce(table.c.day, Integer)
    seen = func.coalesce(type_coerce(table.c[f"{kind}_seen"], Integer), day)
    return type_coerce(case((table.c[kind].is_not(None), seen < day + SETTLED)), Boolean)


def without_gaps(table: Any, name: str, step: int, values: list[ColumnElement[Any]]) -> FromClause:
    """Return a table's rows with one for every step between its first and its last, empty where nothing is stored."""
    place = type_coerce(table.c[name], Integer)
    ends = select(func.min(place).label("first"), func.max(place).label("last")).where(table.c.repository_id == OF)
    span = ends.subquery("span")
    each = select(span.c.first.label("at"), span.c.last).where(span.c.first.is_not(None)).cte("each", recursive=True)
    each = each.union_all(select(each.c.at + step, each.c.last).where(each.c.at + step <= each.c.last))
    known = each.outerjoin(table, and_(table.c.repository_id == OF, place == each.c.at))
    return select(type_coerce(each.c.at, Day).label(name), *values).select_from(known).subquery("days")


def listed(kind: str, column: str) -> Source:
    """Return the lists of referrers or paths with their names."""
    table, names = schema_traffic.traffic_lists, schema_traffic.traffic_names
    cells = {
        "date": table.c.day, "position": table.c.position, column: names.c.text, "count": table.c.count,
        "uniques": table.c.uniques,
    }  # fmt: skip
    # the repository is said for both, so that no way of joining them reads the names of others
    rows = table.join(names, and_(names.c.id == table.c.name_id, names.c.repository_id == table.c.repository_id))
    return Source(rows, and_(table.c.repository_id == OF, table.c.kind == kind), cells, ("date", "position"))


SOURCES: Mapping[str, Callable[[], Source]] = {
    "pulls": pulls,
    "reviews": lambda: stored(schema.reviews, ("id",)),
    "issues": issues,
    "comments": lambda: stored(schema.comments, ("id",)),
    "timeline": lambda: stored(schema.timeline, ("id",), frozenset({"subject"})),
    "commits": lambda: stored(schema.commits, ("sha",)),
    "releases": lambda: stored(schema.releases, ("id",)),
    "traffic": traffic,
    "weeks": weeks,
    "referrers": lambda: listed("referrers", "referrer"),
    "paths": lambda: listed("paths", "path"),
    "stars": lambda: stored(schema_traffic.stars, ("user_id",)),
    "snapshots": lambda: stored(schema_traffic.snapshots, ("taken_at",)),
    "captures": lambda: stored(schema_traffic.captures, ("captured_at",)),
}


@cache
def source(name: str) -> Source:
    """Return where a table of the catalogue is stored; KeyError where there is none."""
    return SOURCES[name]()
