"""The SQLite database of ghstats: `repos`, `repo_stats`, `repo_referrers`, `repo_popular_paths`.

Its columns are 0 where nothing was stored, so a 0 may be a zero or unknown. What tells them apart: a run reads views,
clones, referrers and paths before it writes anything, and dates lists and counters by its own day. Such a day proves
an answer, and the days which that answer covers are zero where nothing else is stored.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from analytics.traffic import SPAN, Count, Kind, Listed
from reports.importing.cells import LARGEST, checked, day, label, moment
from reports.importing.draft import Draft, put_line, ranked_lists
from reports.importing.imported import Imported, Standing
from reports.importing.sheet import Reading

COLUMNS = {
    "repos": ("id", "name"),
    "repo_stats": (
        "repo_id", "date", "stars", "forks", "watchers", "issues",
        "clones_count", "clones_uniques", "views_count", "views_uniques",
    ),
    "repo_referrers": ("repo_id", "date", "referrer", "count", "uniques"),
    "repo_popular_paths": ("repo_id", "date", "path", "count", "uniques"),
}  # fmt: skip
KINDS: tuple[Kind, ...] = ("views", "clones")
LISTS = {"repo_referrers": "referrer", "repo_popular_paths": "path"}
Cells = Mapping[str, Any]


class Tables:
    """What is in the database, by its repository's number, while it is read."""

    def __init__(self, name: str, today: date) -> None:
        self.name = name
        self.reading = Reading(today)
        self.drafts: dict[int, Draft] = defaultdict(Draft)
        self.answered: dict[int, set[date]] = defaultdict(set)
        """The UTC dates on which a run read everything of a repository."""
        self.lists: dict[str, dict[int, dict[date, list[Listed]]]] = {table: defaultdict(dict) for table in LISTS}

    def each(self, connection: sqlite3.Connection, table: str, take: Callable[[Cells], None]) -> None:
        """Hand each row of a table to `take`, whose ValueError is a fault of that row."""
        found = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY repo_id, date, rowid")  # noqa: S608
        names = [column[0] for column in found.description]
        for row in found:
            try:
                take(dict(zip(names[1:], row[1:], strict=True)))
            except ValueError as error:
                self.reading.wrong(self.name, None, f"table {table}, row {row[0]}: {error}")

    def take_stats(self, cells: Cells) -> None:
        """Take a day: its traffic where there is some, and the counters if a run wrote them on that day.

        Only a run writes watchers, and what it writes there are the stars once more (GitHub's `watchers_count`). A row
        without is from the history of stars, or from a repository nobody starred: its stars are left out. Issues
        include pull requests in rows from before version 3, which have no pull requests; those are left out too.
        """
        number, on = int(cells["repo_id"]), self.day(cells)
        for kind in KINDS:
            found = counted(cells, f"{kind}_count", f"{kind}_uniques")
            if found.count:
                self.drafts[number].days[kind][on] = found
        stars, forks = natural(cells, "watchers"), natural(cells, "forks")
        if stars:
            self.answered[number].add(on)
            issues, pulls = cells["issues"], natural(cells, "prs") if "prs" in cells else 0
            split = (issues, pulls) if pulls and isinstance(issues, int) and issues >= 0 else (None, None)
            self.drafts[number].stand(Standing(moment("date", str(cells["date"])), stars, forks, None, *split))

    def take_line(self, table: str, cells: Cells) -> None:
        """Take one line of a list, which also says that a run read everything on that day."""
        number, on = int(cells["repo_id"]), self.day(cells)
        name = label(LISTS[table], cells[LISTS[table]])
        found = counted(cells, "count", "uniques")
        put_line(self.lists[table][number], on, Listed(name, found.count, found.uniques))
        self.answered[number].add(on)

    def day(self, cells: Cells) -> date:
        """Return a row's day."""
        return day("date", str(cells["date"]), self.reading.today)

    def done(self, number: int, name: str | None) -> Imported:
        """Return one repository as a value."""
        draft = self.drafts[number]
        zeros = {on - timedelta(days=back): Count(0, 0) for on in self.answered[number] for back in range(SPAN)}
        draft.merge(dict.fromkeys(KINDS, zeros))
        draft.referrers = ranked_lists(self.lists["repo_referrers"][number])
        draft.paths = ranked_lists(self.lists["repo_popular_paths"][number])
        return draft.done(name, number)


def parse(connection: sqlite3.Connection, name: str, today: date) -> tuple[Imported, ...]:
    """Return what an open database says about each repository, by name; raises Unreadable with every fault.

    `name` is how faults call the file. The database is only read.
    """
    tables = Tables(name, today)
    there = {table: tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})")) for table in COLUMNS}
    for table, wanted in COLUMNS.items():
        missing = [column for column in wanted if column not in there[table]]
        if missing:
            what = f"column {', '.join(missing)} of table" if there[table] else "table"
            tables.reading.wrong(name, None, f"this is not a database of ghstats: it has no {what} {table}")
    tables.reading.finish()
    tables.each(connection, "repo_stats", tables.take_stats)
    tables.each(connection, "repo_referrers", partial(tables.take_line, "repo_referrers"))
    tables.each(connection, "repo_popular_paths", partial(tables.take_line, "repo_popular_paths"))
    tables.reading.finish()
    names = {int(number): str(full) for number, full in connection.execute("SELECT id, name FROM repos")}
    found = (tables.done(number, names.get(number)) for number in sorted({*tables.drafts, *tables.answered}))
    return tuple(sorted((one for one in found if one.rows), key=lambda one: (one.repository or "").lower()))


def natural(cells: Cells, name: str) -> int:
    """Return a cell's count; anything else raises ValueError."""
    value = cells[name]
    if not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError(f"{name} is {value!r}, which is not a count")
    return value


def counted(cells: Cells, count: str, uniques: str) -> Count:
    """Return two cells as one count; impossible ones raise ValueError."""
    return checked(count, uniques, natural(cells, count), natural(cells, uniques))
