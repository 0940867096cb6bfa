"""The tables that metrics read: pandas frames with fixed columns, and how to make them.

Datasets are what can be asked of GitHub separately; each fills one or more tables:
`pulls` -> pulls, reviews, timeline, comments, titles · `issues` -> issues, comments, titles · `commits` -> commits ·
`releases` -> releases · `stars` -> stars. What GitHub forgets cannot be asked for when a question comes; it is there as
far as it was captured: `traffic` -> traffic_days, traffic_weeks, traffic_totals · `referrers`, `paths`, `snapshots` ->
the same · `org-traffic` -> org_days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy
from analytics.roster import Roster
from analytics.window import as_utc

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy("numpy"), lazy("pandas")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DATASETS = (
    "pulls", "issues", "commits", "releases", "stars", "traffic", "referrers", "paths", "snapshots", "org-traffic",
)  # fmt: skip
# Filled by captures alone: when a question comes, GitHub cannot be asked for what these lack.
CAPTURED = frozenset({"traffic", "referrers", "paths", "snapshots", "org-traffic"})
DATASET_NOUNS: Mapping[str, str] = {
    "pulls": "pull request", "issues": "issue", "commits": "commit", "releases": "release", "stars": "star",
    "traffic": "traffic day", "referrers": "referrer", "paths": "path", "snapshots": "snapshot",
    "org-traffic": "repositories' traffic day",
}  # fmt: skip

# column -> kind. moment: datetime64[us, UTC], NaT if unknown · int: Int64, NA if unknown · actor: a category of
# logins, NaN if nobody · kind: a category of ActorKind values · text: str, a category where it came Coded · bool: bool
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "pulls": {
        "number": "int", "author": "actor", "author_kind": "kind", "created_at": "moment", "updated_at": "moment",
        "closed_at": "moment", "merged_at": "moment", "merged_by": "actor", "is_draft": "bool", "ready_at": "moment",
        "additions": "int", "deletions": "int", "changed_files": "int",
    },
    "reviews": {
        "number": "int", "reviewer": "actor", "reviewer_kind": "kind", "author": "actor", "author_kind": "kind",
        "state": "text", "submitted_at": "moment",
    },
    "timeline": {
        "number": "int", "kind": "text", "at": "moment", "actor": "actor", "subject": "text",
    },
    "issues": {
        "number": "int", "author": "actor", "author_kind": "kind", "created_at": "moment", "updated_at": "moment",
        "closed_at": "moment", "comments": "int", "first_response_at": "moment",
    },
    "commits": {
        "sha": "text", "author": "actor", "author_kind": "kind", "authored_at": "moment", "committed_at": "moment",
        "additions": "int", "deletions": "int", "parents": "int",
    },
    # holds_until: the committer date of its commit on the default branch, NaT where it is not known there · place: 0,
    # or among several repositories the place in `Tables.places` of its own
    "releases": {
        "tag": "text", "name": "text", "created_at": "moment", "published_at": "moment", "is_prerelease": "bool",
        "is_draft": "bool", "holds_until": "moment", "place": "int",
    },
    # of an issue the first ten, those up to the first response, and the last ten; of a pull request the last twenty
    "comments": {
        "number": "int", "on_pull": "bool", "author": "actor", "author_kind": "kind", "created_at": "moment",
    },
    # of what is open today only: a title is shown where somebody is asked to look at something
    "titles": {
        "number": "int", "on_pull": "bool", "title": "text",
    },
    # one row per day of which something is known; NA = unknown for that kind, never zero
    "traffic_days": {
        "day": "moment", "views": "int", "view_uniques": "int", "clones": "int", "clone_uniques": "int",
        "views_provisional": "bool", "clones_provisional": "bool",
    },
    # whole ISO weeks by their Monday, with their true uniques
    "traffic_weeks": {
        "week": "moment", "views": "int", "view_uniques": "int", "clones": "int", "clone_uniques": "int",
    },
    # each answer's own totals over its 14 days, with their true uniques
    "traffic_totals": {
        "captured_at": "moment", "views": "int", "view_uniques": "int", "clones": "int", "clone_uniques": "int",
    },
    # top-10 lists, each over the 14 days up to its day: never added up, never subtracted from each other
    "referrers": {
        "day": "moment", "position": "int", "name": "text", "count": "int", "uniques": "int",
    },
    "paths": {
        "day": "moment", "position": "int", "name": "text", "count": "int", "uniques": "int",
    },
    "snapshots": {
        "taken_at": "moment", "stars": "int", "forks": "int", "watchers": "int", "open_issues": "int",
        "open_pulls": "int",
    },
    "stars": {
        "starred_at": "moment", "unstarred_at": "moment",
    },
    # the days of every repository of an organisation; no uniques, since those of two repositories cannot be added
    "org_days": {
        "repository": "text", "day": "moment", "views": "int", "clones": "int",
    },
    # each actor's first contribution of any kind (pull request, review, issue, commit) in the stored history
    "firsts": {
        "actor": "actor", "actor_kind": "kind", "first_at": "moment",
    },
}  # fmt: skip

DATASET_TABLES: Mapping[str, tuple[str, ...]] = {
    "pulls": ("pulls", "reviews", "timeline", "comments", "titles"),
    "issues": ("issues", "comments", "titles"),
    "commits": ("commits",),
    "releases": ("releases",),
    "stars": ("stars",),
    "traffic": ("traffic_days", "traffic_weeks", "traffic_totals"),
    "referrers": ("referrers",),
    "paths": ("paths",),
    "snapshots": ("snapshots",),
    "org-traffic": ("org_days",),
}
READ_BY_FEW = frozenset({"timeline", "comments", "titles"})
"""Tables that are loaded only for a metric that names them (`Metric.reads`): each costs more than most answers."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of few distinct texts: `codes[i]` is the position of row i's text in `names`, -1 where there is none.

    `codes` is a sequence of integers or an integer array; `names` holds no text twice. It spares the way over 400,000
    strings where a database knows the codes already.
    """

    codes: Any
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Tables:
    """One frame per table, columns as in COLUMNS; rows outside the asked window may be present or absent."""

    pulls: pd.DataFrame
    reviews: pd.DataFrame
    timeline: pd.DataFrame
    issues: pd.DataFrame
    commits: pd.DataFrame
    releases: pd.DataFrame
    comments: pd.DataFrame
    titles: pd.DataFrame
    traffic_days: pd.DataFrame
    traffic_weeks: pd.DataFrame
    traffic_totals: pd.DataFrame
    referrers: pd.DataFrame
    paths: pd.DataFrame
    snapshots: pd.DataFrame
    stars: pd.DataFrame
    org_days: pd.DataFrame
    firsts: pd.DataFrame
    places: tuple[tuple[int, str], ...] = ()
    """Of several repositories together: the number before each one's first, in rising order, and its `owner/name`."""

    @classmethod
    def of(
        cls,
        columns: Mapping[str, Mapping[str, Any]] | None = None,
        places: Sequence[tuple[int, str]] = (),
    ) -> Tables:
        """Build all frames; `columns[table][column]` is an array or list, tables not given are empty.

        places: where the numbers of each repository begin, if these are the rows of several.
        """
        given = columns or {}
        return cls(**{name: frame(name, given.get(name, {})) for name in COLUMNS}, places=tuple(places))

    def name_of(self, number: int) -> str:
        """Return what people call an issue or pull request: `#12`, `owner/name#12` among several repositories."""
        repository, own = self.thread(number)
        return f"{repository}#{own}"

    def thread(self, number: int) -> tuple[str, int]:
        """Return the `owner/name`, nothing where there is one repository only, and the number that GitHub knows."""
        if not self.places:
            return "", number
        before, repository = self.places[bisect_left(self.places, number, key=itemgetter(0)) - 1]
        return repository, number - before

    def place_of_pulls(self) -> Any:
        """Return per pull request the place of its repository in `places`, zeros where there is one only."""
        if not self.places:
            return np.zeros(len(self.pulls), dtype="int64")
        begins = np.array([before for before, _ in self.places])
        # a repository without threads begins where the next one does, and no number lies in it
        return np.searchsorted(begins, self.pulls["number"].to_numpy(dtype="int64")) - 1

    @cached_property
    def roster(self) -> Roster:
        """Return everybody who occurs in the tables under one numbering; made once, when first asked for."""
        frames = {table: getattr(self, table) for table in COLUMNS}
        actors = {
            f"{table}.{column}": (frames[table][column], frames[table].get(f"{column}_kind"))
            for table, kinds in COLUMNS.items()
            for column, kind in kinds.items()
            if kind == "actor"
        }
        return Roster.of(actors)


def frame(table: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Build the frame of `table` with exactly its columns; columns not given are empty.

    Moments may be integers of microseconds since 1970 (None = unknown), datetimes, or a datetime array; actors, kinds
    and texts may be strings, Coded, or a ready pandas Categorical. A column that the table does not have raises
    ValueError, as do columns of different lengths.
    """
    unknown = columns.keys() - COLUMNS[table].keys()
    if unknown:
        raise ValueError(f"table {table} has no column {', '.join(sorted(unknown))}")
    size = max((len(values) for values in columns.values()), default=0)
    made = {name: series(kind, columns.get(name, [None] * size)) for name, kind in COLUMNS[table].items()}
    return pd.DataFrame(made, copy=False)


def series(kind: str, values: Any) -> Any:
    """Return `values` as a pandas array of the kind's dtype (see COLUMNS)."""
    if kind == "moment":
        return moments(values)
    if kind == "int":
        return integers(values)
    if kind == "bool":
        return np.asarray(values, dtype=bool)
    return texts(values, category=kind != "text")


def texts(values: Any, *, category: bool) -> Any:
    """Return strings, None = none, as a str array or a category; what comes Coded or as a category stays one."""
    if isinstance(values, Coded):
        names: Any = pd.Index(list(values.names), dtype="str")
        return pd.Categorical.from_codes(np.asarray(values.codes), categories=names)
    if isinstance(values, pd.Categorical):
        return values
    strings = pd.array(values, dtype="str")
    return pd.Categorical(strings) if category else strings


def integers(values: Any) -> Any:
    """Return whole numbers, None or NaN = unknown, as an Int64 array; exact up to 2**53."""
    # A float array takes None as NaN, so that one pass in C reads a list of numbers with holes.
    numbers = np.asarray(values, dtype="float64")
    holes = np.isnan(numbers)
    return pd.arrays.IntegerArray(np.where(holes, 0, numbers).astype("int64"), holes)


def moments(values: Any) -> Any:
    """Return microseconds since 1970 or aware datetimes, None = unknown, as a datetime64[us, UTC] array.

    A naive datetime raises ValueError.
    """
    if isinstance(values, pd.DatetimeIndex | pd.Series | pd.arrays.DatetimeArray):
        return pd.DatetimeIndex(values).tz_convert("UTC").as_unit("us").array
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return pd.DatetimeIndex(values.astype("datetime64[us]")).tz_localize("UTC").array
    try:
        numbers = integers(values)
    except TypeError:  # datetimes are no numbers; asking each value first would take longer than converting all
        numbers = integers([None if value is None else microseconds(value) for value in values])
    ticks = np.where(numbers.isna(), np.iinfo("int64").min, numbers.to_numpy("int64", na_value=0))
    return pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC").array


def microseconds(moment: datetime) -> int:
    """Return the whole microseconds from 1970 to an aware `moment`, exactly."""
    return (as_utc(moment) - EPOCH) // timedelta(microseconds=1)
