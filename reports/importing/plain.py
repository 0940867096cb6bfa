"""Almanac's own CSV: what `python -m bot export` writes, and what anyone can write by hand (docs/import-export.md).

The header says what a file is about. Every file may begin with a column `repository`; without it all of its rows are
about the repository that is named on the command line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from analytics.traffic import Listed
from reports.cells import unguarded
from reports.importing.cells import checked, day, label, moment, monday, required, unknown, whole
from reports.importing.draft import Draft, put_pairs
from reports.importing.imported import Imported, Standing, Starred
from reports.importing.sheet import Columns, Reading, Row, TextFile, header_of, hint, plain

MEASURES = ("views", "view_uniques", "clones", "clone_uniques")
COUNTERS = ("stars", "forks", "watchers", "open_issues", "open_pulls")
PERSON = re.compile(r"0*[1-9][0-9]{0,17}")  # what a database's 64 bits hold
SECONDS = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(slots=True)
class Found:
    """A repository's draft, and its lists by date and position until they are whole."""

    draft: Draft = field(default_factory=Draft)
    days: set[date] = field(default_factory=set)
    weeks: set[date] = field(default_factory=set)
    lists: dict[str, dict[date, dict[int, Listed]]] = field(default_factory=lambda: {"referrer": {}, "path": {}})

    def done(self, repository: str | None) -> Imported:
        """Return it as a value."""
        lists = {
            name: {on: tuple(lines[place] for place in sorted(lines)) for on, lines in known.items()}
            for name, known in self.lists.items()
        }
        self.draft.referrers, self.draft.paths = lists["referrer"], lists["path"]
        return self.draft.done(repository)


Take = Callable[[Found, Row, date], None]


def parse(files: Iterable[TextFile], today: date) -> tuple[Imported, ...]:
    """Return what the files say about each repository, by name; raises Unreadable with every fault."""
    reading = Reading(today)
    found: dict[str | None, Found] = {}
    for file in files:
        header = header_of(file)
        form = next((form for mark, form in FORMS.items() if mark in {plain(name) for name in header}), None)
        if form is None:
            known = "date, week, referrer, path, taken_at, starred_at"
            reading.wrong(file.name, 1, f"the header does not say what this is; it needs one of {known}{hint(header)}")
            continue
        columns, take = form
        if take is None:
            reading.wrong(file.name, 1, "this is a log of captures; it can be exported, and nothing takes it back")
            continue
        reading.each(file, columns, lambda row, take=take: take(of(found, row), row, today))  # type: ignore[misc]
    reading.finish()
    return tuple(found[name].done(name) for name in sorted(found, key=lambda name: (name or "").lower()))


def of(found: dict[str | None, Found], row: Row) -> Found:
    """Return the draft of the repository that a row is about."""
    if "repository" not in row.cells:
        return found.setdefault(None, Found())
    name = unguarded(row.cells["repository"].strip())
    if name.count("/") != 1 or not all(name.split("/")):
        raise ValueError(f"repository is {name!r}; it must look like owner/name")
    known = next((other for other in found if other is not None and other.lower() == name.lower()), name)
    return found.setdefault(known, Found())


def take_day(found: Found, row: Row, today: date) -> None:
    """Take a day of the daily series."""
    on = day("date", row.cells["date"], today)
    once(found.days, on)
    put_pairs(found.draft.days, on, row.cells)


def take_week(found: Found, row: Row, today: date) -> None:
    """Take a whole week."""
    on = monday("week", row.cells["week"], today)
    once(found.weeks, on)
    put_pairs(found.draft.weeks, on, row.cells)


def once(seen: set[date], on: date) -> None:
    """Note a date; one that was there before raises ValueError."""
    if on in seen:
        raise ValueError(f"{on} is there twice; if these are several repositories, a column `repository` must say so")
    seen.add(on)


def taking_line(what: str) -> Take:
    """Return what takes a line of a list of referrers or paths."""

    def take_line(found: Found, row: Row, today: date) -> None:
        on = day("date", row.cells["date"], today)
        name = label(what, unguarded(row.cells[what]))
        total = required("count", whole("count", row.cells["count"]))
        counted = checked("count", "uniques", total, required("uniques", whole("uniques", row.cells["uniques"])))
        lines = found.lists[what].setdefault(on, {})
        place = len(lines) + 1
        if "position" in row.cells:
            place = required("position", whole("position", row.cells["position"]))
        if place in lines:
            raise ValueError(f"position {place} is there twice on {on}")
        if any(line.name == name for line in lines.values()):
            raise ValueError(f"{name!r} is there twice on {on}")
        lines[place] = Listed(name, counted.count, counted.uniques)

    return take_line


def take_standing(found: Found, row: Row, today: date) -> None:
    """Take a snapshot of the public counters."""
    taken_at = at("taken_at", row.cells["taken_at"], today)
    if taken_at is None:
        raise ValueError("taken_at is empty")
    found.draft.stand(Standing(taken_at, *(whole(name, row.cells.get(name, "")) for name in COUNTERS)))


def take_star(found: Found, row: Row, today: date) -> None:
    """Take a star."""
    cells = row.cells
    if not PERSON.fullmatch(cells["user_id"].strip()):
        raise ValueError(f"user_id is {cells['user_id']!r}; it must be GitHub's number of the person")
    who = int(cells["user_id"])
    if who in found.draft.stars:
        raise ValueError(f"user_id {who} is there twice")
    given, ended = (at(name, cells.get(name, ""), today) for name in ("starred_at", "unstarred_at"))
    if given is None and ended is None:
        raise ValueError("neither starred_at nor unstarred_at is given")
    if given is not None and ended is not None and ended < given:
        raise ValueError(f"unstarred_at ({ended:{SECONDS}}) is before starred_at ({given:{SECONDS}})")
    found.draft.stars[who] = Starred(who, given, ended)


def at(name: str, text: str, today: date) -> datetime | None:
    """Return a cell's time, None if it is empty; one that cannot be raises ValueError."""
    if unknown(text):
        return None
    day(name, text, today)
    return moment(name, text)


def columns(first: str, others: Iterable[str], *required: str) -> Columns:
    """Return a kind of file: the column that marks it, what else it may have and must have."""
    return Columns(dict.fromkeys(("repository", first, *others), ()), frozenset({first, *required}))


LINE = ("date", "position", "count", "uniques")
# By the column that marks it; `date` stands last, since lists have it too.
FORMS: dict[str, tuple[Columns, Take | None]] = {
    "capturedat": (columns("captured_at", ()), None),
    "takenat": (columns("taken_at", COUNTERS), take_standing),
    "starredat": (columns("starred_at", ("user_id", "unstarred_at"), "user_id"), take_star),
    "referrer": (columns("referrer", LINE, "date", "count", "uniques"), taking_line("referrer")),
    "path": (columns("path", LINE, "date", "count", "uniques"), taking_line("path")),
    "week": (columns("week", MEASURES), take_week),
    "date": (columns("date", MEASURES), take_day),
}
