"""How many pull requests were opened, merged and closed unmerged, and how many stayed open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.buckets import Buckets, column, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.series import Series
from analytics.comparing import amount, clear_changes, count, count_row, earlier, pair_row, sentence, settled, than
from analytics.lazy import lazy
from analytics.metric import Comparison, Measured, Metric, Scene
from analytics.moments import before as known_before
from analytics.moments import moments, within
from analytics.stats import median
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, plural, span

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")

COUNTS = ("opened", "merged", "closed_unmerged")
SPOKEN = ("opened", "merged", "closed unmerged")


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Count the pull requests' openings and ends in the window; an end at or after `until` is not known yet."""
    pulls = tables.pulls
    created, closed, merged = (moments(pulls[name]) for name in ("created_at", "closed_at", "merged_at"))
    is_merged, is_closed = known_before(merged, window.until), known_before(closed, window.until)
    events = {
        "opened": created,
        "merged": merged,
        "closed_unmerged": np.where(is_merged, np.datetime64("NaT"), closed),
    }
    lines = (pulls["additions"] + pulls["deletions"])[within(created, window)].dropna().to_numpy(dtype="float64")
    is_open = known_before(created, window.until) & ~is_merged & ~is_closed
    facts = {name: int(within(at, window).sum()) for name, at in events.items()}
    buckets = {f"per_{size}": Buckets.over(size, window, *events.values()) for size in sizes(window)}
    unsized = facts["opened"] - len(lines)
    return Measured(
        facts={**facts, "open_at_end": int(is_open.sum()), "size_median_lines": median(lines), "size_n": len(lines)},
        tables={
            name: made.grid({event: made.tally(at) for event, at in events.items()}) for name, made in buckets.items()
        },
        notes=(f"{plural(unsized, 'pull request')} of unknown size left out of the median size",) if unsized else (),
    )


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say what was opened and how it ended, and only those changes that the interval of the ratio allows."""
    opened, merged, closed, still_open = (count(now, name) for name in (*COUNTS, "open_at_end"))
    when = during(scene.window, scene.now)
    waiting = f"{number(still_open)} open at the end"
    if not opened + merged + closed:
        return sentence(f"no pull request was opened, merged or closed {when}", waiting)
    story = f"{plural(opened, 'pull request')} opened, {number(merged)} merged, {number(closed)} closed unmerged {when}"
    return sentence(story, waiting, change(now, earlier(before, scene), scene))


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more closed unmerged than in the period before (5)`, or nothing where no change is clear."""
    if before is None:
        return ""
    flows = [(name, count(now, key), count(before, key)) for key, name in zip(COUNTS, SPOKEN, strict=True)]
    return than(clear_changes(flows, scene), scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the counts; sizes and the number open are shown without a verdict, for no test here speaks of them."""
    ends = [(count(measured, "merged"), count(measured, "closed_unmerged")) for measured in (now, before)]
    return settled(
        scene,
        count_row("pull requests opened", count(now, "opened"), count(before, "opened"), scene),
        pair_row("merged / closed unmerged", ("merged", "closed"), ends[0], ends[1], scene),
        Comparison("open at the end", number(count(now, "open_at_end")), number(count(before, "open_at_end"))),
        Comparison("median size of those opened", size(now), size(before)),
    )


def size(measured: Measured) -> str:
    """Return the median size in words, `9.5 lines`."""
    lines = amount(measured, "size_median_lines")
    return "\N{EN DASH}" if lines is None else f"{number(lines)} {'line' if lines == 1 else 'lines'}"


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the flow of pull requests."""
    return (flow_chart(now, scene),)


def flow_chart(now: Measured, scene: Scene) -> Bars:
    """Draw what was opened, upwards, and what was merged, downwards."""
    bucket, grid = for_picture(now.tables)
    opened, merged = count(now, "opened"), count(now, "merged")
    when = during(scene.window, scene.now)
    title = f"{number(opened)} opened, {number(merged)} merged {when}"
    return Bars(
        title=title if opened + merged else f"No pull request opened or merged {when}",
        subtitle=f"{scene.repository} · {span(scene.named)} · pull requests per {bucket}",
        buckets=times(bucket, grid),
        up=Series("opened", column(grid, "opened")),
        down=Series("merged", column(grid, "merged")),
        unit=f"pull requests per {bucket}",
    )


METRIC = Metric(
    name="pulls",
    title="Pull requests",
    summary="pull requests opened, merged, closed unmerged and still open",
    definition=(
        "Opened: created in the window. Merged: merged in the window, whenever it was opened. Closed unmerged: "
        "closed in the window and not merged by its end. Open at the end: created before the window's end and "
        "neither merged nor closed by then. Size: additions plus deletions of those opened in the window. Bots "
        "count like everybody. A week begins on Monday 00:00 UTC; a change is called one only if the 95 % interval"
        " of the ratio to the period before excludes 1."
    ),
    needs=frozenset({"pulls"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("prs", "pull-requests"),
    labels={
        "opened": "pull requests opened",
        "merged": "pull requests merged",
        "closed_unmerged": "pull requests closed unmerged",
        "open_at_end": "pull requests open at the end",
        "size_median_lines": "median size of those opened, in lines",
        "size_n": "pull requests of known size",
    },
)
