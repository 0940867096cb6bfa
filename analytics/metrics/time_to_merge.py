"""How long the pull requests that were merged in the window had been open."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from analytics.charts.axis import HOUR_MARKS
from analytics.charts.chart import Chart
from analytics.charts.histogram import Histogram
from analytics.comparing import NOTHING, amount, count, duration_row, duration_words, earlier, middle, sentence, settled
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.moments import hours, moments, within
from analytics.stats import mean, median, quantile
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import duration, during, number, plural, span

SAMPLE = "merged_hours"
LEFT_OUT = "merged before it was opened, left out of durations"


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Take merged_at - created_at of everything merged in the window, in hours."""
    created, merged = moments(tables.pulls["created_at"]), moments(tables.pulls["merged_at"])
    inside = within(merged, window)
    taken, negative = hours(created[inside], merged[inside])
    return Measured(
        facts={
            "merged_n": len(taken),
            "merged_median_hours": median(taken),
            "merged_p90_hours": quantile(taken, 0.9),
            "merged_mean_hours": mean(taken),
        },
        tables={"histogram": histogram(taken)},
        samples={SAMPLE: taken},
        notes=(f"{plural(negative, 'pull request')} {LEFT_OUT}",) if negative else (),
    )


def histogram(ordered: Sequence[float]) -> Grid:
    """Count sorted hours between the marks of the picture's axis; a bar has its lower mark; the last has no end."""
    marks = [mark for mark, _ in HOUR_MARKS]
    below = [0, *(bisect_left(ordered, mark) for mark in marks), len(ordered)]
    counts = [right - left for left, right in pairwise(below)]
    return Grid(("from_hours", "to_hours", "n"), tuple(zip([0.0, *marks], [*marks, None], counts, strict=True)))


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say the median and the ninth decile with n, and the period before with the verdict that its test allows."""
    when = during(scene.window, scene.now)
    taken = now.samples[SAMPLE]
    if not taken:
        story = f"no pull request{of_known(now)} was merged {when}"
    elif len(taken) == 1:
        story = f"one pull request{of_known(now)} was merged {when}, {duration(taken[0])} after it was opened"
    else:
        longest = duration(amount(now, "merged_p90_hours") or 0)
        story = f"{half(now)}, nine in ten within {longest}, {when}"
    return sentence(story, contrast(now, before, scene))


def of_known(now: Measured) -> str:
    """Return ` of known duration` where merges dated before the opening were left out."""
    return " of known duration" if now.notes else ""


def contrast(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `the period before had a median of 24 h (n = 13 and 19: no clear change)`, or nothing without one."""
    before = earlier(before, scene)
    if before is None or not now.samples[SAMPLE] or not before.samples[SAMPLE]:
        return ""
    samples = now.samples[SAMPLE], before.samples[SAMPLE]
    return f"the period before had a median of {middle(samples[1])} ({duration_words(*samples, scene.seed)})"


def half(now: Measured) -> str:
    """Return `half of 13 merged pull requests were in within 5 d 18 h`."""
    merged = plural(count(now, "merged_n"), "merged pull request")
    return f"half of {merged}{of_known(now)} were in within {middle(now.samples[SAMPLE])}"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the medians; both windows hold what was merged in them, so neither had less time to be merged."""
    tail = [amount(measured, "merged_p90_hours") for measured in (now, before)]
    shown = [NOTHING if value is None else duration(value) for value in tail]
    return settled(
        scene,
        duration_row("median time to merge (merged ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene.seed),
        Comparison("nine in ten merged within", shown[0], shown[1]),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the histogram."""
    return (spread_chart(now, scene),)


def spread_chart(now: Measured, scene: Scene) -> Histogram:
    """Draw how the durations are spread."""
    taken = now.samples[SAMPLE]
    when = during(scene.window, scene.now)
    known = of_known(now)
    titles = {0: f"No pull request{known} merged {when}", 1: f"The one merged pull request{known} took {middle(taken)}"}
    return Histogram(
        title=titles.get(len(taken), f"Half of merged pull requests were in within {middle(taken)}"),
        subtitle=(
            f"{scene.repository} · {number(len(taken))} merged{known}, {span(scene.window)} · "
            "time from opening to merge"
        ),
        hours=tuple(taken),
        median=amount(now, "merged_median_hours"),
        unit="pull requests",
    )


METRIC = Metric(
    name="time-to-merge",
    title="Time to merge",
    summary="how long merged pull requests had been open",
    definition=(
        "Hours from opening to merge of the pull requests merged in the window, whenever they were opened; those "
        "still open or closed unmerged are not in it, so it says nothing of how long an open one will wait. Median"
        " and p90 are interpolated linearly between ranks. Bots count like everybody. A merge dated before the "
        "opening is left out and counted. Longer or shorter is said only if the bootstrap's 95 % interval of the "
        "difference of medians excludes 0, and never with fewer than 5 on a side."
    ),
    needs=frozenset({"pulls"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("merge-time",),
    labels={
        "merged_n": "merged pull requests of known duration",
        "merged_median_hours": "median time to merge (merged ones)",
        "merged_p90_hours": "nine in ten merged within",
        "merged_mean_hours": "mean time to merge (merged ones)",
    },
)
