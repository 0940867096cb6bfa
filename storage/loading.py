"""Read a repository's tables as columns for `analytics.tables`, fast: this runs in the workers that measure and draw.

No SQLAlchemy here, and hardly a Python object per cell: every column is asked for as a whole number (actors and states
as codes, unknown as one marked number), so that rows flow from the driver into one array.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from analytics.actors import BOT_SUFFIX
from analytics.filters import Filters
from analytics.lazy import lazy
from analytics.tables import COLUMNS, Coded
from analytics.terms import DEFAULT_TERMS, Terms
from storage import loading_traffic as traffic
from storage.columns import to_micros
from storage.loading_filters import conditions
from storage.loading_people import People
from storage.loading_responses import listed_bots
from storage.loading_rows import (
    BEGINNING,
    LISTED,
    THREADS,
    UNKNOWN,
    Wanted,
    firsts,
    numeric,
    plain,
    select,
    textual,
    whole_threads,
)
from storage.urls import libpq, sqlite_path

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

MAP_BYTES = 2**30  # of SQLite's file, read through the kernel's own cache instead of being copied
NO_FILTERS = Filters()
ONE_BY_ONE = frozenset({"stars"})  # what of several repositories is added up, though captures bring it

Query = Callable[[str], Iterable[Sequence[Any]]]
Column = dict[str, Any]
Columns = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Together:
    """The rows of several repositories as columns, and where the numbers of each begin, as `Tables.of` takes them.

    The issues and pull requests of the second follow those of the first, and so on: a number among them all is the
    thread's own number plus the highest number of each repository before.
    """

    columns: Columns
    places: tuple[tuple[int, str], ...]


def load(
    url: str,
    repository_id: int,
    tables: Collection[str],
    since: datetime | None,
    until: datetime,
    *,
    organisation: Sequence[int] = (),
    filters: Filters = NO_FILTERS,
    terms: Terms = DEFAULT_TERMS,
) -> Columns:
    """Return columns by table, as `Tables.of` takes them: what a window [since, until) needs, or all before `until`.

    Times are datetime64[us] arrays with NaT for unknown; numbers are arrays, of floats with NaN where one is unknown;
    actors, their kinds, listed texts and names of traffic are `Coded`; other texts are lists. All are read from one
    moment of the database. Open pull requests and issues are always there; `firsts` always looks at all history and at
    everybody. Of traffic come whole days in order, see `storage.loading_traffic`.
    organisation: the repositories whose days `org_days` holds; by default the one repository · filters: which rows
    count; reviews, turns and comments follow their thread · terms: who else is a bot, and what else is merged.
    """
    window = span(since, until)
    with reading(url) as query:
        chosen = conditions(query, repository_id, filters)
        whole, bots = whole_threads(tables), listed_bots(query, terms.bots)
        wanted = Wanted(repository_id, *window, chosen, terms.merge_markers, whole_threads=whole, bots=bots)
        read = {}
        for table in tables:
            of = organisation or (repository_id,) if table == "org_days" else (repository_id,)
            read[table] = read_table(query, table, [listing(table, of, wanted)])
            named(query, table, of, read[table])
        known(query, read, terms)
    return read


def load_together(
    url: str,
    repository_ids: Sequence[int],
    tables: Collection[str],
    since: datetime | None,
    until: datetime,
    *,
    filters: Filters = NO_FILTERS,
    terms: Terms = DEFAULT_TERMS,
) -> Together:
    """Return the columns of several repositories as if they were one; see `load`.

    `firsts` holds each actor's first contribution to any of them. Tables of traffic cannot be read so: ValueError;
    of what is captured only stars come one by one.
    """
    refused = sorted(set(tables) & traffic.SOURCES.keys() - ONE_BY_ONE)
    if refused:
        raise ValueError(f"{', '.join(refused)}: what is counted once a day of a repository is not put together")
    window = span(since, until)
    with reading(url) as query:
        ends = highest_numbers(query, repository_ids)
        places: list[tuple[int, str]] = []
        wanted: list[Wanted] = []
        after = 0
        whole, bots = whole_threads(tables), listed_bots(query, terms.bots)
        for place, (repository_id, name) in enumerate(full_names(query, repository_ids)):
            chosen = conditions(query, repository_id, filters)
            wanted.append(Wanted(repository_id, *window, chosen, terms.merge_markers, after, whole, bots, place))
            places.append((after, name))
            after += ends[repository_id]
        read = {}
        for table in tables:
            if table == "firsts":
                read[table] = read_table(query, table, [firsts(repository_ids, window[1])])
            elif table in ONE_BY_ONE:
                read[table] = read_table(query, table, [listing(table, repository_ids, Wanted(0, *window))])
            else:
                read[table] = read_table(query, table, [select(table, one) for one in wanted])
        known(query, read, terms)
    return Together(read, tuple(places))


def count(url: str, repository_ids: Sequence[int], table: str) -> int:
    """Return how many rows of repositories a table holds, whenever they are dated; counted in an index alone."""
    if table not in COLUMNS:
        raise ValueError(f"there is no table {table}")
    source = traffic.SOURCES.get(table)
    stored, more = (table, "") if source is None else (source.table, source.condition and f" AND {source.condition}")
    of = traffic.listed(repository_ids)
    with reading(url) as query:
        rows = query(f"SELECT count(*) FROM {stored} WHERE repository_id IN ({of}){more}")  # noqa: S608 - numbers
        return int(next(iter(rows))[0])


def span(since: datetime | None, until: datetime) -> tuple[int, int]:
    """Return a window's ends as microseconds since 1970."""
    return BEGINNING if since is None else to_micros(since), to_micros(until)


def listing(table: str, repository_ids: Sequence[int], wanted: Wanted) -> str:
    """Return the SQL that lists a table's rows: of traffic those of all the repositories, else of the one wanted."""
    if table not in traffic.SOURCES:
        return select(table, wanted)
    cells = [plain(table, name) for name in (*numeric(table), *textual(table))]
    since = None if wanted.since <= BEGINNING else wanted.since
    return traffic.select(table, cells, repository_ids, since, wanted.until, wanted.conditions.of(table))


def full_names(query: Query, repository_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Return id and `owner/name` of the stored ones among the repositories, in the given order."""
    of = traffic.listed(repository_ids)
    rows = query(f"SELECT id, owner || '/' || name FROM repositories WHERE id IN ({of})")  # noqa: S608 - numbers only
    found: dict[int, str] = {number: name for number, name in rows}  # noqa: C416 - rows
    return [(number, found[number]) for number in repository_ids if number in found]


def highest_numbers(query: Query, repository_ids: Sequence[int]) -> dict[int, int]:
    """Return the highest number of an issue or pull request of each repository, 0 where there is none."""
    ends = dict.fromkeys(repository_ids, 0)
    for number in repository_ids:
        for thread in THREADS:
            (row,) = query(f"SELECT coalesce(max(number), 0) FROM {thread} WHERE repository_id = {int(number)}")  # noqa: S608 - a number
            ends[number] = max(ends[number], row[0])
    return ends


def read_table(query: Query, table: str, statements: Sequence[str]) -> Column:
    """Return a table's columns, the rows of all statements; actors are still ids, their kinds are not there yet."""
    kinds = COLUMNS[table]
    numbers, texts = numeric(table), textual(table)
    rows: Iterable[Sequence[Any]] = chain.from_iterable(query(sql) for sql in statements)
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


def known(query: Query, read: Columns, terms: Terms) -> None:
    """Replace the ids of actors by their logins, and add their kinds."""
    people = People.of(query, read, {login.lower().removesuffix(BOT_SUFFIX) for login in terms.bots})
    for table, columns in read.items():
        for name, kind in COLUMNS[table].items():
            if kind == "actor":
                ids = columns[name]
                columns[name] = people.coded(ids)
                if f"{name}_kind" in COLUMNS[table]:
                    columns[f"{name}_kind"] = people.kinds(ids)


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
        server.execute("SET LOCAL standard_conforming_strings = on")  # what `quoted` relies on
        yield cast("Query", server.execute)  # typed for literal SQL only, which keeps out what strangers write
