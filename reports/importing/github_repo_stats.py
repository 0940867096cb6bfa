"""The data folder of github-repo-stats: `views_clones_aggregate.csv`, and what each run saw under `snapshots/`.

A run reads views, clones, referrers and paths or fails as a whole. So a fragment of the series is one whole answer,
and any list in `snapshots/` proves that views and clones were read then too: their days went into the aggregate, and a
day that such an answer covers and the aggregate does not list had no traffic. The other way round, the aggregate has a
0 where an answer listed a day for one kind only; GitHub lists days a little older than what an answer covers, and such
a 0 is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath

from analytics.traffic import SPAN, Count, Kind, Listed, known_days
from reports.importing.cells import checked, day, label, moment, required, whole
from reports.importing.draft import Draft, put_line, put_pairs, ranked_lists
from reports.importing.imported import Imported, Standing, merge_days
from reports.importing.sheet import Columns, Reading, Row, TextFile

SERIES = Columns(
    {
        "date": ("time_iso8601",),
        "views": ("views_total",),
        "view_uniques": ("views_unique", "views_uniques"),
        "clones": ("clones_total",),
        "clone_uniques": ("clones_unique", "clones_uniques"),
    },
    frozenset({"date"}),
)
TOTALS = {"count": ("views_total", "count_total"), "uniques": ("views_unique", "count_unique")}
LISTS = {
    "referrers": Columns({"name": ("referrer", "referrers"), **TOTALS}, frozenset({"name", "count", "uniques"})),
    "paths": Columns({"name": ("url_path", "path"), **TOTALS}, frozenset({"name", "count", "uniques"})),
}
STARGAZERS = Columns(
    {"time": ("time_iso8601",), "stars": ("stargazers_cumulative_snapshot",)}, frozenset({"time", "stars"})
)
RUN = re.compile(
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{6})_"
    r"(?P<what>views_clones_series_fragment|top_referrers_snapshot|top_paths_snapshot)\.csv"
)
AGGREGATE, DATA, SNAPSHOTS = "views_clones_aggregate.csv", "ghrs-data", "snapshots"
REACH = 16  # how far back GitHub was seen to list a day
RECONSTRUCTED = frozenset({"stargazers.csv", "forks.csv"})
Days = dict[Kind, dict[date, Count]]


class Folder:
    """One repository's files, read in the order of their names."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.draft = Draft()
        self.aggregate: Days = {"views": {}, "clones": {}}
        self.lists: dict[str, dict[date, tuple[datetime, dict[date, list[Listed]]]]] = {"referrers": {}, "paths": {}}
        self.answered: set[date] = set()
        """The UTC dates on which a run read everything."""

    def read(self, file: TextFile, *, alone: bool) -> None:
        """Read a file by its name; one that was named alone is a series whatever it is called."""
        name = PurePosixPath(file.name).name
        run = RUN.fullmatch(name)
        if run is not None:
            self.read_run(file, run["time"], run["what"])
        elif name == "stargazer-snapshots.csv":
            self.reading.each(file, STARGAZERS, self.take_stargazers)
        elif name in RECONSTRUCTED:
            self.draft.notes.append(
                f"{name} was left out: it tells when those came who are still there, not what was shown"
            )
        elif name == AGGREGATE or alone:
            self.reading.each(file, SERIES, lambda row: self.take_day(self.aggregate, row))

    def read_run(self, file: TextFile, time: str, what: str) -> None:
        """Read what one run saw; the time of the run is in the file's name."""
        try:
            at = datetime.strptime(time, "%Y-%m-%d_%H%M%S").replace(tzinfo=UTC)
            on = day("the time in the name", at.isoformat(), self.reading.today)
        except ValueError as error:
            self.reading.wrong(file.name, None, str(error))
            return
        self.answered.add(on)
        if what == "views_clones_series_fragment":
            seen: Days = {"views": {}, "clones": {}}
            self.reading.each(file, SERIES, lambda row: self.take_day(seen, row))
            self.draft.merge({kind: known_days(days, on) for kind, days in seen.items()})
            return
        kind = "referrers" if what == "top_referrers_snapshot" else "paths"
        lines: dict[date, list[Listed]] = {}
        self.reading.each(file, LISTS[kind], lambda row: take_line(lines, on, row))
        if on not in self.lists[kind] or self.lists[kind][on][0] <= at:
            self.lists[kind][on] = (at, lines)

    def take_day(self, series: Days, row: Row) -> None:
        """Take a row of a series; the same day twice in one file raises ValueError."""
        on = day("time_iso8601", row.cells["date"], self.reading.today)
        if any(on in known for known in series.values()):
            raise ValueError(f"{on} is there twice")
        put_pairs(series, on, row.cells)

    def take_stargazers(self, row: Row) -> None:
        """Take one count of stars as it was shown at a time."""
        day("time_iso8601", row.cells["time"], self.reading.today)
        stars = required("stars", whole("stars", row.cells["stars"]))
        self.draft.stand(Standing(moment("time_iso8601", row.cells["time"]), stars=stars))

    def done(self, repository: str | None) -> Imported:
        """Return everything as a value."""
        covered = self.back(range(SPAN))
        fringe = self.back(range(SPAN, REACH + 1)) - covered
        for kind, days in self.aggregate.items():
            merge_days(
                self.draft.days[kind], {on: count for on, count in days.items() if count.count or on not in fringe}
            )
        silent = self.silent(covered)
        self.draft.merge({"views": silent, "clones": silent})
        for what, into in (("referrers", self.draft.referrers), ("paths", self.draft.paths)):
            for _, lines in self.lists[what].values():
                into.update(ranked_lists(lines))
        return self.draft.done(repository)

    def back(self, days: range) -> set[date]:
        """Return the dates that lie so many days before a run."""
        return {on - timedelta(days=back) for on in self.answered for back in days}

    def silent(self, covered: set[date]) -> dict[date, Count]:
        """Return the days without traffic: covered by a run, within the aggregate's span, and not listed there."""
        listed = {on for days in self.aggregate.values() for on in days}
        if not listed:
            return {}
        return {on: Count(0, 0) for on in covered - listed if min(listed) <= on <= max(listed)}


def take_line(lines: dict[date, list[Listed]], on: date, row: Row) -> None:
    """Take one line of a list."""
    total = required("count", whole("count", row.cells["count"]))
    counted = checked("count", "uniques", total, required("uniques", whole("uniques", row.cells["uniques"])))
    put_line(lines, on, Listed(label("the name", row.cells["name"]), counted.count, counted.uniques))


def parse(files: Iterable[TextFile], today: date) -> tuple[Imported, ...]:
    """Return what a data branch, one repository's folder, its `ghrs-data`, or one series says, by repository.

    `owner/name` is known where the folders say it: `owner/name/ghrs-data/…`. Raises Unreadable with every fault.
    """
    reading = Reading(today)
    named = sorted(files, key=lambda file: file.name)
    folders: dict[tuple[str, ...], Folder] = {}
    for file in named:
        parts = PurePosixPath(file.name).parts[:-1]
        for inner in (SNAPSHOTS, DATA):
            parts = parts[:-1] if parts[-1:] == (inner,) else parts
        folders.setdefault(parts, Folder(reading)).read(file, alone=len(named) == 1)
    reading.finish()
    found = [folder.done("/".join(parts[-2:]) if len(parts) > 1 else None) for parts, folder in sorted(folders.items())]
    return tuple(one for one in found if one.rows)
