"""Small tables by hand: times are days since 1 June 2026, a Monday, so that a test reads like a calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.actors import Actor
from analytics.metric import Measured, Metric, Scene
from analytics.tables import COLUMNS, Tables
from analytics.window import Window

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
FOUR_WEEKS = Window(MONDAY, MONDAY + timedelta(days=28))
ALL_HISTORY = frozenset({"pulls", "issues", "commits"})

Row = Mapping[str, Any]


def on(day: float | None) -> datetime | None:
    """Return the moment `day` days after Monday, 1 June 2026."""
    return None if day is None else MONDAY + timedelta(days=day)


def pull(
    opened: float,
    merged: float | None = None,
    closed: float | None = None,
    by: str | None = "quartz-otter",
    lines: int | None = None,
) -> Row:
    """A pull request; merging closes it."""
    return {
        "author": by,
        "created_at": on(opened),
        "merged_at": on(merged),
        "closed_at": on(merged if closed is None else closed),
        "additions": lines,
        "deletions": None if lines is None else 0,
    }


def review(by: str | None, of: str | None, day: float | None = 1, number: int = 1, state: str = "APPROVED") -> Row:
    """A review of pull request `number`, opened by `of`."""
    return {"reviewer": by, "author": of, "submitted_at": on(day), "number": number, "state": state}


def issue(opened: float, closed: float | None = None, by: str = "quartz-otter") -> Row:
    """An issue."""
    return {"author": by, "created_at": on(opened), "closed_at": on(closed)}


def commit(
    day: float, by: str | None = "quartz-otter", added: int | None = 1, deleted: int | None = 1, parents: int = 1
) -> Row:
    """A commit on the default branch."""
    return {"author": by, "committed_at": on(day), "additions": added, "deletions": deleted, "parents": parents}


def first(login: str, day: float) -> Row:
    """The first contribution of somebody."""
    return {"actor": login, "first_at": on(day)}


def visits(
    day: int,
    views: int | None = 0,
    uniques: int | None = None,
    clones: int | None = 1,
    provisional: bool = False,
) -> Row:
    """A day of traffic of which something is known; every view is somebody else's unless told otherwise."""
    return {
        "day": on(day),
        "views": views,
        "view_uniques": views if uniques is None else uniques,
        "clones": clones,
        "clone_uniques": clones,
        "views_provisional": provisional,
        "clones_provisional": provisional,
    }


def release(day: float, tag: str = "v1.2.0") -> Row:
    """A published release."""
    return {"tag": tag, "name": tag, "created_at": on(day), "published_at": on(day)}


def listed(day: int, *names: str) -> list[Row]:
    """The list of one day: the first name has most views."""
    return [
        {"day": on(day), "position": place, "name": name, "count": 100 - place, "uniques": 50 - place}
        for place, name in enumerate(names, 1)
    ]


def tables(**rows: Sequence[Row]) -> Tables:
    """Build the tables from rows; kinds follow from the logins, `h:...` is an e-mail's hash."""
    columns: dict[str, dict[str, list[Any]]] = {}
    for table, given in {**rows, "releases": holding(rows.get("releases", ()), rows.get("commits", ()))}.items():
        names = given[0].keys() if given else ()
        columns[table] = {name: [row[name] for row in given] for name in names}
        for role in ("author", "reviewer", "actor"):
            if role in columns[table]:
                if f"{role}_kind" in COLUMNS[table]:
                    columns[table][f"{role}_kind"] = [kind_of(login) for login in columns[table][role]]
                columns[table][role] = [None if login is None else bare(login) for login in columns[table][role]]
        if table in ("pulls", "issues") and given:
            columns[table]["number"] = list(range(1, len(given) + 1))
    return Tables.of(columns)


def holding(releases: Sequence[Row], commits: Sequence[Row]) -> list[Row]:
    """Return releases as they are loaded: instead of their commit they have its date on the default branch."""
    dates = {row["sha"]: row["committed_at"] for row in commits if "sha" in row}
    return [
        {**{name: value for name, value in row.items() if name != "commit_sha"}, "holds_until": dates.get(sha)}
        for row in releases
        for sha in [row.get("commit_sha")]
    ]


def kind_of(login: str | None) -> str:
    """Return the kind that GitHub's login alone tells."""
    return "email" if login and login.startswith("h:") else Actor.from_github(login).kind.value


def bare(login: str) -> str:
    """Return the login as the tables have it, but in its own case."""
    return login.removesuffix("[bot]")


def scene(window: Window = FOUR_WEEKS, whole_history: frozenset[str] = frozenset()) -> Scene:
    """A question asked as its window ends."""
    return Scene("quartz/harbour", window, now=window.until, whole_history=whole_history, seed=7)


def measure(metric: Metric, window: Window = FOUR_WEEKS, **rows: Sequence[Row]) -> Measured:
    """Measure the rows in the window."""
    return metric.measure(tables(**rows), window, scene(window))


def records(measured: Measured, table: str) -> list[dict[str, Any]]:
    """Return a table's rows as mappings."""
    return [dict(row) for row in measured.tables[table].records()]
