"""Pictures of the wait for a first review: which share was reviewed after how long, and how long reviewed ones took."""

from __future__ import annotations

from analytics import followed
from analytics.charts.histogram import Histogram
from analytics.charts.survival import Survival
from analytics.comparing import amount, count, middle
from analytics.first_review_words import SAMPLE, ends
from analytics.followed import Followed
from analytics.metric import Measured, Scene
from analytics.words import during, number, percent, plural, span

REVIEWED, UNREVIEWED = "reviewed", "ended unreviewed"


def reviewed_chart(now: Measured, scene: Scene) -> Survival:
    """Draw the share reviewed and the share that ended unreviewed, and how many were left waiting."""
    total = count(now, "waited_n")
    known = [
        f"{percent(share)} within {words}"
        for key, words in (("reviewed_within_24h", "24 h"), ("reviewed_within_7d", "7 d"))
        if (share := amount(now, key)) is not None
    ]
    opened = f"{plural(total, 'pull request')} opened: {ends(now, scene)}"
    left = now.left if isinstance(now, Followed) else ()
    return Survival(
        title=f"Reviewed: {', '.join(known)}" if known else opened,
        subtitle=(
            f"{scene.repository} · {number(total)} opened, {span(scene.named)} · "
            "first review by a person, by time since ready for review"
        ),
        curves=(
            followed.drawn(followed.curve(now, REVIEWED), REVIEWED, accent=True),
            followed.drawn(followed.curve(now, UNREVIEWED), UNREVIEWED),
        ),
        at_risk=tuple((hours, (waiting,)) for hours, waiting in left),
        at_risk_names=("waiting",),
        unit="of those that waited",
        ended=not count(now, "waiting_now_n"),
    )


def spread_chart(now: Measured, scene: Scene) -> Histogram:
    """Draw how long those that were reviewed had waited since opening."""
    taken = now.samples[SAMPLE]
    when = during(scene.window, scene.now)
    titles = {
        0: f"Not one was reviewed of those opened {when}"
        if count(now, "waited_n")
        else f"No pull request opened {when}",
        1: f"The one reviewed pull request waited {middle(taken)}",
    }
    return Histogram(
        title=titles.get(len(taken), f"Half of reviewed pull requests waited at most {middle(taken)}"),
        subtitle=(
            f"{scene.repository} · {number(len(taken))} reviewed, opened {span(scene.named)} · "
            "time from opening to first review by a person"
        ),
        hours=tuple(taken),
        median=amount(now, "reviewed_median_hours"),
        unit="pull requests",
    )
