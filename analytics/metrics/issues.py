"""How many issues were opened and closed, how many are open, and how long the closed ones took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.buckets import Buckets, column, end_times, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.line import Line
from analytics.charts.series import Series
from analytics.comparing import changes, count, duration_row, earlier, listing, pair_row, sentence, settled
from analytics.lazy import lazy
from analytics.metric import Comparison, Measured, Metric, Scene
from analytics.moments import before as known_before
from analytics.moments import hours, moments, within
from analytics.stats import median
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, plural, span

if TYPE_CHECKING:
    import numpy as np

    from analytics.moments import Moments
else:
    np = lazy("numpy")

SAMPLE = "closed_hours"


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Count openings and closings in the window and what each bucket leaves open; later closings are unknown."""
    created, closed = (moments(tables.issues[name]) for name in ("created_at", "closed_at"))
    inside = within(closed, window)
    taken, negative = hours(created[inside], closed[inside])
    is_open = known_before(created, window.until) & ~known_before(closed, window.until)
    grids = {}
    for size in sizes(window):
        buckets = Buckets.over(size, window, created, closed)
        grids[f"per_{size}"] = buckets.grid(
            {
                "opened": buckets.tally(created),
                "closed": buckets.tally(closed),
                "open_at_end": backlog(created, closed, buckets.ends()),
            }
        )
    return Measured(
        facts={
            "opened": int(within(created, window).sum()),
            "closed": int(inside.sum()),
            "open_at_end": int(is_open.sum()),
            "closed_n": len(taken),
            "closed_median_hours": median(taken),
        },
        tables=grids,
        samples={SAMPLE: taken},
        notes=(f"{plural(negative, 'issue')} closed before it was opened, left out of durations",) if negative else (),
    )


def backlog(created: Moments, closed: Moments, at: Moments) -> list[int]:
    """Return how many issues are open at each moment of `at`: created before it and not closed before it."""
    # An end before the beginning would count against moments at which the issue did not exist yet.
    ended = np.sort(np.maximum(created, closed)[~np.isnat(closed)])
    counts: Any = np.searchsorted(np.sort(created), at) - np.searchsorted(ended, at)
    return [int(value) for value in counts]


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say what was opened, closed and left open, and only those changes that the interval of the ratio allows."""
    opened, closed, still_open = (count(now, name) for name in ("opened", "closed", "open_at_end"))
    when = during(scene.window, scene.now)
    waiting = f"{number(still_open)} open at the end"
    if not opened + closed:
        return sentence(f"no issue was opened or closed {when}", waiting)
    story = f"{plural(opened, 'issue')} opened and {number(closed)} closed {when}"
    return sentence(story, waiting, change(now, earlier(before, scene)))


def change(now: Measured, before: Measured | None) -> str:
    """Return `more opened (6) than in the period before`, or nothing where no change is clear."""
    if before is None:
        return ""
    clear = [
        f"{word} ({number(count(before, name))})"
        for name in ("opened", "closed")
        for word in changes((name,), (count(now, name),), (count(before, name),))
    ]
    return f"{listing(clear)} than in the period before" if clear else ""


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare what was opened and closed and how long the closed ones took; the backlog is shown without a verdict."""
    flows = [(count(measured, "opened"), count(measured, "closed")) for measured in (now, before)]
    return settled(
        scene,
        pair_row("issues opened / closed", ("opened", "closed"), flows[0], flows[1]),
        Comparison("issues open at the end", number(count(now, "open_at_end")), number(count(before, "open_at_end"))),
        duration_row("median time to close (closed ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene.seed),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the backlog, then the flow."""
    return (backlog_chart(now, scene), flow_chart(now, scene))


def backlog_chart(now: Measured, scene: Scene) -> Line:
    """Draw how many issues were open at each bucket's end."""
    bucket, grid = for_picture(now.tables)
    backlogs = column(grid, "open_at_end")
    return Line(
        title=f"{plural(backlogs[-1], 'issue')} open at the end",
        subtitle=f"{scene.repository} · {span(scene.window)} · open issues at the end of each {bucket}",
        times=end_times(bucket, grid, scene.window),
        series=(Series("open", backlogs, accent=True),),
        unit="open issues",
    )


def flow_chart(now: Measured, scene: Scene) -> Bars:
    """Draw what was opened, upwards, and closed, downwards."""
    bucket, grid = for_picture(now.tables)
    opened, closed = count(now, "opened"), count(now, "closed")
    when = during(scene.window, scene.now)
    title = f"{number(opened)} opened, {number(closed)} closed {when}"
    return Bars(
        title=title if opened + closed else f"No issue opened or closed {when}",
        subtitle=f"{scene.repository} · {span(scene.window)} · issues per {bucket}",
        buckets=times(bucket, grid),
        up=Series("opened", column(grid, "opened")),
        down=Series("closed", column(grid, "closed")),
        unit=f"issues per {bucket}",
    )


METRIC = Metric(
    name="issues",
    title="Issues",
    summary="issues opened, closed and open, and how long the closed ones took",
    definition=(
        "Opened: created in the window. Closed: closed in the window, whenever they were opened; a reopened issue "
        "is open. Open at the end: created before the window's (or the bucket's) end and not closed before it. "
        "Median time to close: of those closed in the window, open ones are not in it. Pull requests are not "
        "issues. Bots count like everybody. A closing dated before the opening is left out of durations and "
        "counted. A change is called one only if its 95 % interval excludes no change, and longer or shorter never"
        " with fewer than 5 on a side."
    ),
    needs=frozenset({"issues"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("issue",),
    labels={
        "opened": "issues opened",
        "closed": "issues closed",
        "open_at_end": "issues open at the end",
        "closed_n": "closed issues of known duration",
        "closed_median_hours": "median time to close (closed ones)",
    },
)
