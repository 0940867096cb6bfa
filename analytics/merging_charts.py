"""Pictures of how pull requests are merged: who is still open, how they end, how long the merged ones took."""

from __future__ import annotations

from analytics import followed
from analytics.charts.histogram import Histogram
from analytics.charts.survival import Survival
from analytics.comparing import amount, count, listing, middle
from analytics.followed import Followed
from analytics.merging_words import CLOSED, MERGED, SAMPLE, STILL_OPEN, cohort_size, ends, merged_shares, of_known
from analytics.metric import Measured, Scene
from analytics.words import duration, during, number, span


def still_open_chart(now: Measured, scene: Scene) -> Survival:
    """Draw the share still open, with its band and how many were left to look at."""
    total, median_hours = cohort_size(now), amount(now, "resolved_km_median_hours")
    if median_hours is None:
        title = f"Fewer than half have ended: {ends(now)}"
    else:
        title = f"Half of pull requests are merged or closed within {duration(median_hours)}"
    return Survival(
        title=title,
        subtitle=(
            f"{scene.repository} · {number(total)} opened, {span(scene.named)} · "
            "share still open, by time since opening"
        ),
        curves=(followed.drawn(followed.curve(now, STILL_OPEN), "pull requests", accent=True),),
        at_risk=tuple((hours, (left,)) for hours, left in now.left) if isinstance(now, Followed) else (),
        unit=STILL_OPEN,
        ended=not count(now, "still_open_n"),
        marks=() if median_hours is None else ((median_hours, f"half within {duration(median_hours)}"),),
    )


def fate_chart(now: Measured, scene: Scene) -> Survival:
    """Draw which share had been merged and which closed unmerged after how long."""
    known = merged_shares(now)
    said = listing(known) if known else ends(now)
    return Survival(
        title=said[:1].upper() + said[1:],
        subtitle=(
            f"{scene.repository} · {number(cohort_size(now))} opened, {span(scene.named)} · "
            "how they ended, by time since opening"
        ),
        curves=(
            followed.drawn(followed.curve(now, MERGED), MERGED, accent=True),
            followed.drawn(followed.curve(now, CLOSED), CLOSED),
        ),
        unit="of those opened",
        ended=not count(now, "still_open_n"),
    )


def spread_chart(now: Measured, scene: Scene) -> Histogram:
    """Draw how the durations are spread."""
    taken = now.samples[SAMPLE]
    when = during(scene.window, scene.now)
    known = of_known(now)
    titles = {0: f"No pull request{known} merged {when}", 1: f"The one merged pull request{known} took {middle(taken)}"}
    return Histogram(
        title=titles.get(len(taken), f"Half of merged pull requests were in within {middle(taken)}"),
        subtitle=(
            f"{scene.repository} · {number(len(taken))} merged{known}, {span(scene.named)} · time from opening to merge"
        ),
        hours=tuple(taken),
        median=amount(now, "merged_median_hours"),
        unit="pull requests",
    )
