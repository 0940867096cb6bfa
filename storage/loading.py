"""Read a repository's tables as columns for `analytics.tables`, fast: this runs in the workers that measure and draw.

No SQLAlchemy here, and hardly a Python object per cell: every column is asked for as a whole number (actors and states
as codes, unknown as one marked number), so that rows flow from the driver into one array.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from analytics.actors import ActorKind
from analytics.lazy import lazy
from analytics.tables import COLUMNS, Coded
from storage import loading_traffic as traffic
from storage.columns import to_micros
from storage.urls import libpq, sqlite_path

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

UNKNOWN = -(2**63)  # the number that numpy reads as "not a time"
BEGINNING = UNKNOWN + 1  # before every time that is known
MAP_BYTES = 2**30  # of SQLite's file, read through the kernel's own cache instead of being copied
NAMES_AT_ONCE = 1000
KINDS = tuple(kind.value for kind in ActorKind)
# Texts of which there are few. One that is not listed is loaded as unknown.
LISTED = {
    ("reviews", "state"): ("PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"),
    ("timeline", "kind"): (
        *("ready", "draft", "review_requested", "review_request_removed", "closed", "reopened", "merged"),
    ),
}

Query = Callable[[str], Iterable[Sequence[Any]]]
Column = dict[str, Any]


def load(
    url: str,
    repository_id: int,
    tables: Collection[str],
    since: datetime | None,
    until: datetime,
    *,
    organisation: Sequence[int] = (),
) -> dict[str, dict[str, Any]]:
    """Return columns by table, as `Tables.of` takes them: what a window [since, until) needs, or all before `until`.

    Times are datetime64[us] arrays with NaT for unknown; numbers are arrays, of floats with NaN where one is unknown;
    actors, their kinds, listed texts and names of traffic are `Coded`; other texts are lists. All are read from one
    moment of the database. Open pull requests and issues are always there; `firsts` always looks at all history. Of
    traffic come whole days in order, see `storage.loading_traffic`.
    organisation: the repositories whose days `org_days` holds; by default the one repository.
    """
    first, end = (BEGINNING if since is None else to_micros(since)), to_micros(until)
    with reading(url) as query:
        read = {}
        for table in tables:
            of = organisation or (repository_id,) if table == "org_days" else (repository_id,)
            read[table] = read_table(query, table, select(table, of, first, end))
            named(query, table, of, read[table])
        people = People.of(query, read)
    for table, columns in read.items():
        for name, kind in COLUMNS[table].items():
            if kind == "actor":
                ids = columns[name]
                columns[name] = people.coded(ids)
                if f"{name}_kind" in COLUMNS[table]:
                    columns[f"{name}_kind"] = people.kinds(ids)
    return read


def count(url: str, repository_id: int, table: str) -> int:
    """Return how many rows of a repository a table holds, whenever they are dated; counted in an index alone."""
    if table not in COLUMNS:
        raise ValueError(f"there is no table {table}")
    source = traffic.SOURCES.get(table)
    stored, more = (table, "") if source is None else (source.table, source.condition and f" AND {source.condition}")
    with reading(url) as query:
        rows = query(f"SELECT count(*) FROM {stored} WHERE repository_id = {int(repository_id)}{more}")  # noqa: S608 - a number
        return int(next(iter(rows))[0])


def select(table: str, repository_ids: Sequence[int], since: int, until: int) -> str:
    """Return the SQL that lists a table's rows; only numbers are written into it.

    Traffic is listed of all the repositories, anything else of the first.
    """
    cells = [cell(table, name, COLUMNS[table][name]) for name in (*numeric(table), *textual(table))]
    if table in traffic.SOURCES:
        return traffic.select(table, cells, repository_ids, None if since <= BEGINNING else int(since), int(until))
    repository_id = int(repository_ids[0])
    parts = needed(table, repository_id, int(since), int(until))
    return " UNION ALL ".join(
        f"SELECT {', '.join(cells)} FROM {table} WHERE repository_id = {repository_id} AND {part}"  # noqa: S608 - numbers only
        for part in parts
    )


def needed(table: str, repository_id: int, since: int, until: int) -> list[str]:
    """Return the conditions whose rows, taken together, a window needs; each has an index of its own."""
    if table == "timeline":
        pulls = needed("pulls", repository_id, since, until)
        of = f"SELECT number FROM pulls WHERE repository_id = {repository_id} AND"  # noqa: S608 - numbers only
        return [f"at < {until} AND number IN ({of} {part})" for part in pulls] if len(pulls) > 1 else [f"at < {until}"]
    if table in ("pulls", "issues") and since > BEGINNING:
        return [f"last_at >= {since} AND created_at < {until}", f"closed_at IS NULL AND last_at < {since}"]
    if table in ("reviews", "commits"):
        at = "submitted_at" if table == "reviews" else "committed_at"
        return [f"{at} >= {since} AND {at} < {until}"]
    return [f"{'first_at' if table == 'firsts' else 'created_at'} < {until}"]


def cell(table: str, name: str, kind: str) -> str:
    """Return one column as SQL that gives a whole number, or the text itself where texts differ from row to row."""
    if kind == "actor":
        return f"coalesce({name}_id, -1)"
    if table in traffic.SOURCES:
        return f"coalesce({traffic.SOURCES[table].cells.get(name, name)}, {UNKNOWN})"
    if kind == "bool":
        return f"CAST({name} AS INTEGER)"
    if kind != "text":
        return f"coalesce({name}, {UNKNOWN})"
    if (table, name) not in LISTED:
        return name
    cases = " ".join(f"WHEN '{text}' THEN {code}" for code, text in enumerate(LISTED[table, name]))
    return f"CASE {name} {cases} ELSE -1 END"


def read_table(query: Query, table: str, sql: str) -> Column:
    """Return a table's columns; actors are still ids, their kinds are not there yet."""
    kinds = COLUMNS[table]
    numbers, texts = numeric(table), textual(table)
    rows = query(sql)
    columns: Column = {}
    if texts:
        rows = list(rows)
        columns = {name: [row[place] for row in rows] for place, name in enumerate(texts, len(numbers))}
        rows = map(itemgetter(slice(len(numbers))), rows)
    flat = np.fromiter(chain.from_iterable(rows), dtype="int64")
    cells = np.ascontiguousarray(flat.reshape(-1, len(numbers)).T)
    for name, values in zip(numbers, cells, strict=True):
        columns[name] = column(kinds[name], values, LISTED.get((table, name), ()))
    return columns


def textual(table: str) -> list[str]:
    """Return the columns whose texts differ from row to row; in SQL they come last."""
    coded = {*LISTED, *traffic.NAMES}
    return [name for name, kind in COLUMNS[table].items() if kind == "text" and (table, name) not in coded]


def numeric(table: str) -> list[str]:
    """Return the columns that are read as whole numbers; an actor's kind follows from the actor."""
    texts = textual(table)
    return [name for name, kind in COLUMNS[table].items() if kind != "kind" and name not in texts]


def column(kind: str, numbers: Any, listed: Sequence[str]) -> Any:
    """Return a column of whole numbers as what its kind means."""
    if kind == "moment":
        return numbers.view("datetime64[us]")
    if kind == "bool":
        return numbers.astype(bool)
    if kind == "text" and listed:
        return Coded(numbers, listed)
    if kind == "int" and (unknown := numbers == UNKNOWN).any():
        return np.where(unknown, np.nan, numbers)
    return numbers


def named(query: Query, table: str, repository_ids: Sequence[int], columns: Column) -> None:
    """Replace the numbers of names in a table's columns by the names."""
    for (of, name), sql in traffic.NAMES.items():
        if of != table:
            continue
        present, places = np.unique(columns[name], return_inverse=True)
        found = {number: text for number, text in query(sql.format(of=traffic.listed(repository_ids)))}  # noqa: C416 - rows
        texts = [found[number] for number in present.tolist()]
        codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}  # two repositories may have had one name
        columns[name] = Coded(np.array([codes[text] for text in texts], dtype="int64")[places], list(codes))


class People:
    """The actors that occur in what was read, numbered from 0."""

    def __init__(self, ids: Any, names: Sequence[str], kinds: Any) -> None:
        self.ids = ids
        self.names = names
        self.kind_codes = kinds
        self.code_of = np.full(int(ids[-1]) + 2 if len(ids) else 1, -1, dtype="int64")
        """Code by id; its last place is what -1, nobody, leads to."""
        self.code_of[ids] = np.arange(len(ids))

    @classmethod
    def of(cls, query: Query, read: dict[str, Column]) -> People:
        """Ask for the names of every actor in the columns that are read."""
        columns = [
            cells[name] for table, cells in read.items() for name, kind in COLUMNS[table].items() if kind == "actor"
        ]
        size = max((int(ids.max(initial=-1)) for ids in columns), default=-1) + 2
        seen = np.zeros(size, dtype=bool)
        for ids in columns:
            seen[ids] = True
        seen[-1] = False  # where -1, nobody, has left its mark
        present = np.flatnonzero(seen)
        found = {number: (login, kind) for number, login, kind in chain.from_iterable(names(query, present.tolist()))}
        kinds = np.array([KINDS.index(found[number][1]) for number in present.tolist()], dtype="int64")
        return cls(present, [found[number][0] for number in present.tolist()], kinds)

    def coded(self, ids: Any) -> Coded:
        """Return a column of ids, -1 for nobody, as logins."""
        return Coded(self.code_of[ids], self.names)

    def kinds(self, ids: Any) -> Coded:
        """Return the kinds of a column of ids."""
        return Coded(np.append(self.kind_codes, -1)[self.code_of[ids]], KINDS)


def names(query: Query, ids: Sequence[int]) -> Iterator[Iterable[Sequence[Any]]]:
    """Yield id, login and kind of the actors with these ids, some hundred at a time."""
    for start in range(0, len(ids), NAMES_AT_ONCE):
        listed = ", ".join(str(int(number)) for number in ids[start : start + NAMES_AT_ONCE])
        yield query(f"SELECT id, login, kind FROM actors WHERE id IN ({listed})")  # noqa: S608 - numbers only


@contextmanager
def reading(url: str) -> Iterator[Query]:
    """Yield a function that runs SQL, all within one transaction that only reads."""
    path = sqlite_path(url)
    if path is not None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in ("PRAGMA query_only = ON", f"PRAGMA mmap_size = {MAP_BYTES}", "BEGIN"):
                connection.execute(statement)
            yield connection.execute
        return
    import psycopg  # noqa: PLC0415 - the driver not in use is not imported

    with psycopg.connect(libpq(url), autocommit=True) as server:
        server.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield cast("Query", server.execute)  # typed for literal SQL only, which keeps out what strangers write
