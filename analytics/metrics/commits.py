"""What went onto the default branch, when, and by how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.buckets import Buckets, column, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.charts.series import Series
from analytics.comparing import by_people, clear_changes, count, count_row, earlier, sentence, settled, than
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.moments import moments, within
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, percent, plural, span

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analytics.moments import Moments
else:
    np, pd = lazy("numpy"), lazy("pandas")

UTC = "UTC"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
    """Count commits by committer date; additions and deletions of those that are no merges."""
    at = moments(tables.commits["committed_at"])
    inside = within(at, window)
    commits = tables.commits[inside]
    ordinary = commits[~(commits["parents"] > 1).to_numpy(dtype=bool, na_value=False)]
    known = ordinary[["additions", "deletions"]].notna().all(axis=1)
    unsized = len(ordinary) - int(known.sum())
    roster = tables.roster
    by_author = roster.tally(roster.codes["commits.author"][inside])
    bots = int((by_author[roster.is_bot] > 0).sum())
    grids = {}
    for size in sizes(window):
        buckets = Buckets.over(size, window, at)
        grids[f"per_{size}"] = buckets.grid({"commits": buckets.tally(at)})
    notes = []
    if unsized:
        notes.append(f"{plural(unsized, 'commit')} of unknown size left out of additions and deletions")
    if bots:
        notes.append(f"{plural(bots, 'bot')} left out of the commits' authors")
    return Measured(
        facts={
            "commits": int(inside.sum()),
            "commits_by_people": int(by_author[roster.is_person].sum()),
            "authors": int((by_author[roster.is_person] > 0).sum()),
            "additions": int(ordinary["additions"].sum()),
            "deletions": int(ordinary["deletions"].sum()),
        },
        tables={**grids, "weekday_hour": by_weekday_and_hour(at[inside], zone_of(scene))},
        notes=tuple(notes),
    )


def zone_of(scene: Scene) -> str:
    """Return the time zone of the team's working hours, UTC where none are set."""
    return UTC if scene.terms.hours is None else scene.terms.hours.timezone


def by_weekday_and_hour(at: Moments, zone: str = UTC) -> Grid:
    """Count moments by weekday and hour of the day in a time zone: 168 rows, Monday 0 h first."""
    local = at if zone == UTC else pd.DatetimeIndex(at, tz=UTC).tz_convert(zone).tz_localize(None).to_numpy()
    # 1970-01-01 was a Thursday, 72 hours after a Monday began.
    slots = (local.astype("datetime64[h]").astype("int64") + 72) % 168
    counts = np.bincount(slots, minlength=168).tolist()
    rows = ((WEEKDAYS[slot // 24], slot % 24, total) for slot, total in enumerate(counts))
    return Grid(("weekday", "hour", "commits"), tuple(rows))


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say how many commits by how many people, and a change of their number only if the interval allows it."""
    when = during(scene.window, scene.now)
    commits = count(now, "commits")
    if not commits:
        return sentence(f"no commit on the default branch {when}", change(now, earlier(before, scene), scene))
    lines = f"{plural(count(now, 'additions'), 'line')} added, {number(count(now, 'deletions'))} deleted"
    return sentence(
        written(now, " on the default branch", when),
        f"without merges {lines}",
        change(now, earlier(before, scene), scene),
    )


def written(now: Measured, where: str, when: str) -> str:
    """Return `667 commits on the default branch, 620 of them by 17 people, in the last 30 days`."""
    total = count(now, "commits")
    things = f"{plural(total, 'commit')}{where}"
    return by_people(things, total, count(now, "commits_by_people"), count(now, "authors"), when)


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more commits than in the period before (12)`, or nothing where the change is not clear."""
    if before is None:
        return ""
    return than(clear_changes([("commits", count(now, "commits"), count(before, "commits"))], scene), scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the number of commits; people and lines are shown without a verdict, they do not come one by one."""
    lines = [f"{number(count(side, 'additions'))} / {number(count(side, 'deletions'))}" for side in (now, before)]
    return settled(
        scene,
        count_row("commits on the default branch", count(now, "commits"), count(before, "commits"), scene),
        Comparison("people who committed", number(count(now, "authors")), number(count(before, "authors"))),
        Comparison("lines added / deleted (no merges)", lines[0], lines[1]),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the commits over time, then by weekday and hour."""
    bucket, grid = for_picture(now.tables)
    commits = count(now, "commits")
    when = during(scene.window, scene.now)
    where = f"{scene.repository} · {plural(commits, 'commit')}, {span(scene.named)}"
    title = written(now, "", when)
    totals = column(now.tables["weekday_hour"], "commits")
    # Two hours a column: 24 are too narrow for a phone.
    rows = tuple(tuple(sum(totals[at : at + 2]) for at in range(day * 24, day * 24 + 24, 2)) for day in range(7))
    return (
        Bars(
            title=title if commits else f"No commit {when}",
            subtitle=f"{where} · default branch, commits per {bucket}",
            buckets=times(bucket, grid),
            up=Series("commits", column(grid, "commits"), accent=True),
            unit=f"commits per {bucket}",
        ),
        Heatmap(
            title=weekend(rows, commits),
            subtitle=f"{where} · by weekday and two hours, {zone_of(scene)}",
            rows=WEEKDAYS,
            columns=tuple(f"{hour:02}" for hour in range(0, 24, 2)),
            values=rows,
            row_totals=tuple(sum(row) for row in rows),
            row_name="weekday",
            column_name="hour",
        ),
    )


def weekend(rows: tuple[tuple[int, ...], ...], commits: int) -> str:
    """Return the picture's finding: how much of the work falls on Saturday and Sunday."""
    if not commits:
        return "No commit to show by weekday and hour"
    share = sum(map(sum, rows[5:])) / commits
    return (
        f"{percent(share)} of commits were made on Saturday or Sunday" if share else "No commit on a Saturday or Sunday"
    )


METRIC = Metric(
    name="commits",
    title="Commits",
    summary="commits on the default branch: how many, by how many, when",
    definition=(
        "Commits on the default branch by committer date, merges and bots' included. People: distinct authors, the"
        " linked account or else a hash of the e-mail address; bots and deleted accounts are left out of them. "
        "Lines added and deleted leave merges out. Weekdays and hours are in the time zone of `hours:` in the "
        "configuration, else UTC; a week begins on Monday 00:00 UTC. "
        "A change is called one only if the 95 % interval of the ratio to the period before excludes 1."
    ),
    needs=frozenset({"commits"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("commit",),
    labels={
        "commits": "commits on the default branch",
        "commits_by_people": "commits by people",
        "authors": "people who committed",
        "additions": "lines added, without merges",
        "deletions": "lines deleted, without merges",
    },
)
