"""Who came to like it: stars given and taken back, and how many stars, forks and watchers there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.buckets import Buckets, column, end_times, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.line import Line
from analytics.charts.series import Series
from analytics.comparing import (
    NOTHING,
    amount,
    clear_changes,
    count,
    count_row,
    earlier,
    listing,
    sentences,
    settled,
    than,
)
from analytics.days import labels, numbers, ordinals, whole
from analytics.lazy import lazy
from analytics.metric import Cell, Comparison, Fact, Grid, Measured, Metric, Scene
from analytics.moments import instant, moments, within
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, plural, span

if TYPE_CHECKING:
    import numpy as np

    from analytics.days import Counts
    from analytics.moments import Moments
else:
    np = lazy("numpy")

COUNTERS = ("stars", "forks", "watchers")


def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
    """Count stars given and taken back in the window, and read the counters at its ends."""
    given, back = (moments(tables.stars[name]) for name in ("starred_at", "unstarred_at"))
    known = {name: seen(tables, name, window) for name in COUNTERS}
    counters = {name: int(values[-1]) if len(values) else None for name, (_, values) in known.items()}
    anchors, total = known["stars"], counters["stars"]
    if total is None and "stars" in scene.whole_history:
        end = np.array([instant(window.until)])
        total = alive(given, back, end)[0]
        anchors = end, np.array([total], dtype="float64")
    grids = {}
    for size in sizes(window):
        buckets = Buckets.over(size, window, given, back)
        columns: dict[str, list[Cell]] = {"starred": list(buckets.tally(given)), "unstarred": list(buckets.tally(back))}
        columns["stars_at_end"] = at_ends(given, back, buckets.ends(), *anchors)
        grids[f"per_{size}"] = buckets.grid(columns)
    facts: dict[str, Fact] = {
        "starred": int(within(given, window).sum()),
        "unstarred": int(within(back, window).sum()),
        "stars": total,
        "forks": counters["forks"],
        "watchers": counters["watchers"],
    }
    return Measured(facts=facts, tables={**grids, "snapshots": snapshots(tables, window)})


def seen(tables: Tables, counter: str, window: Window) -> tuple[Moments, Counts]:
    """Return when the window's snapshots that have a counter were taken, ascending, and its values in them."""
    at, values = moments(tables.snapshots["taken_at"]), numbers(tables.snapshots[counter])
    rows = np.flatnonzero(within(at, window) & ~np.isnan(values))
    rows = rows[np.argsort(at[rows], kind="stable")]
    return at[rows], values[rows]


def alive(given: Moments, back: Moments, at: Moments) -> list[int]:
    """Return how many stars there are at each moment: given before it and not taken back before it."""
    # A star taken back before it was given would count against moments at which it did not exist.
    ended = np.sort(np.maximum(given, back)[~np.isnat(back)])
    counts = np.searchsorted(np.sort(given), at) - np.searchsorted(ended, at)
    return [int(each) for each in counts]


def at_ends(given: Moments, back: Moments, ends: Moments, seen_at: Moments, stars: Counts) -> list[Cell]:
    """Return the stars at each moment, reckoned on from the snapshot at or before it; all None without a snapshot.

    seen_at: when snapshots were taken, ascending · stars: in each. Before the first snapshot it is reckoned back from
    that one; after the last one its number stands. The list of stars may be incomplete, and lacks those whose taking
    back was not heard; the snapshots are GitHub's own count.
    """
    if not len(seen_at):
        return [None] * len(ends)
    nearest = np.maximum(np.searchsorted(seen_at, ends, side="right") - 1, 0)
    until = np.minimum(ends, seen_at[-1])
    then, anchored = alive(given, back, until), alive(given, back, seen_at[nearest])
    counted = [int(each) for each in stars[nearest]]
    return [max(0, total + now - before) for total, now, before in zip(counted, then, anchored, strict=True)]


def snapshots(tables: Tables, window: Window) -> Grid:
    """Return the window's snapshots, one a day."""
    at = moments(tables.snapshots["taken_at"])
    rows = np.flatnonzero(within(at, window))
    rows = rows[np.argsort(at[rows], kind="stable")]
    columns = [whole(numbers(tables.snapshots[name])[rows]) for name in COUNTERS]
    days = labels(ordinals(tables.snapshots["taken_at"])[rows])
    return Grid(("day", *COUNTERS), tuple(zip(days, *columns, strict=True)))


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say how many stars were given, how many there are with forks and watchers, and what clearly changed."""
    when = during(scene.window, scene.now)
    gone = f", {number(count(now, 'unstarred'))} taken back" if count(now, "unstarred") else ""
    there = [plural(int(total), one) for one, name in (("star", "stars"), ("fork", "forks"), ("watcher", "watchers"))
             if (total := amount(now, name)) is not None]  # fmt: skip
    return sentences(
        f"{plural(count(now, 'starred'), 'new star')}{gone} {when}",
        f"{listing(there)} at the end" if there else "",
        change(now, earlier(before, scene), scene),
    )


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more new stars than in the period before (12)`, nothing where no change is clear."""
    if before is None:
        return ""
    return than(clear_changes([("new stars", count(now, "starred"), count(before, "starred"))], scene), scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the stars given; the counters are shown without a verdict."""
    ends = [
        Comparison(f"{name} at the end", *(counted(side, name) for side in (now, before)))
        for name in COUNTERS
        if now.facts[name] is not None
    ]
    return settled(scene, count_row("new stars", count(now, "starred"), count(before, "starred"), scene), *ends)


def counted(side: Measured, name: str) -> str:
    """Return a counter in words, a dash where it is unknown."""
    value = amount(side, name)
    return NOTHING if value is None else number(value)


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw how many stars there were, where that is known, then those given."""
    bucket, grid = for_picture(now.tables)
    totals = column(grid, "stars_at_end")
    where = f"{scene.repository} · {span(scene.named)}"
    when = during(scene.window, scene.now)
    starred = count(now, "starred")
    flow = Bars(
        title=f"{plural(starred, 'new star')} {when}" if starred else f"No new star {when}",
        subtitle=f"{where} · stars given per {bucket}",
        buckets=times(bucket, grid),
        up=Series("given", column(grid, "starred"), accent=True),
        down=Series("taken back", column(grid, "unstarred")) if count(now, "unstarred") else None,
        unit=f"stars per {bucket}",
    )
    if totals[-1] is None:
        return (flow,)
    total = Line(
        title=f"{plural(totals[-1], 'star')}, {number(starred)} of them new {when}"
        if starred
        else plural(totals[-1], "star"),
        subtitle=f"{where} · stars at the end of each {bucket}",
        times=end_times(bucket, grid, scene.window),
        series=(Series("stars", totals, accent=True),),
        unit="stars",
    )
    return (total, flow)


METRIC = Metric(
    name="stars",
    title="Stars and forks",
    summary="stars given and taken back, and how many stars, forks and watchers there are",
    definition=(
        "New stars: given in the window by those who still have theirs, or whose taking back was heard. GitHub keeps "
        "no list of stars taken back, so only those since the installation are known. Stars, forks and watchers: as "
        "in the last of the window's daily snapshots. The line of stars goes through the snapshots; between them, and "
        "before the first, it is reckoned by the stars given and taken back. A change is called one only if the exact "
        "95 % interval of the ratio excludes 1."
    ),
    needs=frozenset({"stars"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("star", "stargazers", "forks"),
    labels={"starred": "new stars", "unstarred": "stars taken back"},
    also=frozenset({"snapshots"}),
)
