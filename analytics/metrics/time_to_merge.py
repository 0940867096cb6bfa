"""How long pull requests take to be merged: those opened in the window, open ones included, and those merged in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics import followed
from analytics.charts.chart import Chart
from analytics.cohort import EVENT, OPEN, OTHER, Cohort
from analytics.comparing import NOTHING, amount, duration_row, settled
from analytics.followed import Followed, comparable, share_row
from analytics.histogram import histogram
from analytics.lazy import lazy
from analytics.merging_charts import fate_chart, spread_chart, still_open_chart
from analytics.merging_words import CLOSED, MERGED, SAMPLE, STILL_OPEN, TARGET, cohort_size, finding, notes, reached
from analytics.metric import Comparison, Measured, Metric, Scene
from analytics.moments import before as known_before
from analytics.moments import hours, moments, within
from analytics.stats import mean, median, quantile
from analytics.tables import Tables
from analytics.targets import met
from analytics.window import Window
from analytics.words import duration, number

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy("numpy")


def measure(tables: Tables, window: Window, scene: Scene) -> Followed:
    """Take the durations of what was merged in the window, and follow all that was opened in it to its end."""
    created, merged, closed = (moments(tables.pulls[name]) for name in ("created_at", "merged_at", "closed_at"))
    inside = within(merged, window)
    taken, _ = hours(created[inside], merged[inside])
    opened = within(created, window)
    # a merge closes, too, sometimes at another second: only what is not merged by then was closed unmerged
    unmerged = np.where(known_before(merged, window.until), np.datetime64("NaT"), closed)
    cohort = Cohort.of(created[opened], merged[opened], unmerged[opened], window.until)
    end = np.where(np.isnat(unmerged), merged, unmerged)
    negative = int(((inside | (opened & known_before(end, window.until))) & (end < created)).sum())
    still_open, incidence = cohort.still_open(), cohort.incidence()
    merges = cohort.count(EVENT)
    shares = followed.shares(cohort, incidence, "merged", ("24h", "7d", "30d"))
    return Followed(
        facts={
            "merged_n": len(taken),
            "merged_median_hours": median(taken),
            "merged_p90_hours": quantile(taken, 0.9),
            "merged_mean_hours": mean(taken),
            "opened_n": int(opened.sum()),
            "closed_unmerged_n": cohort.count(OTHER),
            "still_open_n": cohort.count(OPEN),
            **followed.medians(still_open, "resolved_km"),
            **shares,
            **met(cohort, incidence, scene.terms.targets.get("merge"), TARGET),
            "km_events": merges,
            "km_censored": len(cohort) - merges,
            **followed.medians(cohort.cause_specific(), "km"),
        },
        tables={"histogram": histogram(taken)},
        samples={SAMPLE: taken, **followed.flags(cohort, "merged")},
        notes=notes(negative, shares, len(cohort)),
        curves={
            STILL_OPEN: still_open.drawn(),
            MERGED: incidence.drawn(),
            CLOSED: cohort.competing().drawn(),
        },
        left=followed.left(cohort),
    )


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the share merged among those followed equally long, and the medians of those merged in each window."""
    name = comparable(scene)
    sides = [side.samples[f"merged_within_{name}"] for side in (now, before)]
    resolved = [amount(side, "resolved_km_median_hours") for side in (now, before)]
    tail = [amount(side, "merged_p90_hours") for side in (now, before)]
    return settled(
        scene,
        share_row(f"merged within {followed.SPOKEN[name]}, of those followed so long", sides[0], sides[1], scene.seed),
        duration_row("median time to merge (merged ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene.seed),
        Comparison(
            f"half merged or closed within (of {number(cohort_size(now))} and {number(cohort_size(before))})",
            reached(now, resolved[0]),
            reached(before, resolved[1]),
            figures=(resolved[0], resolved[1]),
            durations=True,
        ),
        Comparison(
            "nine in ten merged within",
            *(NOTHING if hours is None else duration(hours) for hours in tail),
            figures=(tail[0], tail[1]),
            durations=True,
        ),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw who is still open after how long, how soon they are merged or closed, and the merged ones' histogram.

    Of few there are no shares to draw.
    """
    enough = cohort_size(now) >= followed.FEWEST
    followed_ones = (still_open_chart(now, scene), fate_chart(now, scene)) if enough else ()
    return (*followed_ones, spread_chart(now, scene))


METRIC = Metric(
    name="time-to-merge",
    title="Time to merge",
    summary="how soon pull requests are merged, and how long merged ones took",
    definition=(
        "Two groups that are never mixed. Opened in the window, all of them, those still open followed to the window's "
        "end: the median until merged or closed is Kaplan-Meier's, in which nothing competes (null where more than "
        "half are open); merged within 24 h, 7 d and 30 d are Aalen-Johansen's shares, in which being closed unmerged "
        "competes (null past the longest that one was observed, unless all had ended), and so is merged within the "
        "target, where `targets:` in the configuration sets one, in hours of the calendar; the Kaplan-Meier median of "
        "merging alone lets a closing censor, so it assumes that closed ones were like the rest. Intervals are 95 %, "
        "log-log. Merged in the window, whenever they were opened: median and p90, linear between ranks, and mean of "
        "the hours from opening to merge; these fall when old pull requests rot, because what is never merged is not "
        "in them. Bots count like everybody. An end dated before the opening is left out and counted. Periods are "
        "compared by the share merged within 7 d (24 h in short ones) of those followed so long in each; higher or "
        "lower, longer or shorter is said only if the bootstrap's 95 % interval of the difference excludes 0, and "
        "never with fewer than 5 on a side."
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
        "opened_n": "pull requests opened, followed to their end",
        "closed_unmerged_n": "opened and closed unmerged",
        "still_open_n": "opened and still open",
        "resolved_km_median_hours": "half merged or closed within",
        "resolved_km_median_ci95": "half merged or closed within, 95 % interval in hours",
        "merged_within_24h": "merged within 24 h",
        "merged_within_7d": "merged within 7 d",
        "merged_within_30d": "merged within 30 d",
        "target_hours": "target for a merge",
        "merged_within_target_share": "merged within the target",
        "km_events": "opened and merged",
        "km_censored": "opened and not merged",
        "km_median_hours": "median time to merge, were closed ones like the rest",
        "km_median_ci95": "median time to merge, were closed ones like the rest, 95 % interval in hours",
    },
)
