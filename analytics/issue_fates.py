"""What becomes of the issues opened in a window: how long they stay open, and how soon they are answered."""

from __future__ import annotations

from analytics import followed
from analytics.charts.survival import Survival
from analytics.comparing import amount, count
from analytics.followed import FEWEST, Followed
from analytics.metric import Measured, Scene
from analytics.targets import met_words
from analytics.words import duration, percent, plural, span

STILL_OPEN, ANSWERED = "still open", "answered"
RESPONSE_TARGET = "response_target_hours", "first_response_within_target_share"
CLOSE_TARGET = "close_target_hours", "closed_within_target_share"


def fate(now: Measured) -> str:
    """Return how soon half of those opened were closed, and which share had an answer within a day."""
    opened = count(now, "opened")
    if opened < FEWEST:
        return ""
    half = amount(now, "km_median_hours")
    closed = "fewer than half of those opened are closed" if half is None else ""
    closed = closed or f"half of those opened are closed within {duration(half or 0)}"
    share = amount(now, "first_response_within_24h")
    answered = "" if share is None else f"{percent(share)} had a first response within 24 h"
    return "; ".join(filter(None, [closed, answered]))


def on_target(now: Measured) -> str:
    """Return which share was answered and which closed within the targets, as far as the owners have set any."""
    opened = count(now, "opened")
    said = (
        met_words(now, RESPONSE_TARGET, "had a first response", opened),
        met_words(now, CLOSE_TARGET, "were closed", opened),
    )
    return "; ".join(filter(None, said))


def still_open_chart(now: Measured, scene: Scene) -> Survival:
    """Draw which share of the issues opened is still open after how long."""
    opened, half = count(now, "opened"), amount(now, "km_median_hours")
    drawn = followed.drawn(followed.curve(now, STILL_OPEN), STILL_OPEN, accent=True)
    title = "Fewer than half are closed" if half is None else f"Half of issues are closed within {duration(half)}"
    return Survival(
        title=title,
        subtitle=(
            f"{scene.repository} · {plural(opened, 'issue')} opened, {span(scene.named)} · "
            "share still open, by time since opening; open ones count for as long as they are"
        ),
        curves=(drawn,),
        at_risk=tuple((hours, (left,)) for hours, left in now.left) if isinstance(now, Followed) else (),
        unit=STILL_OPEN,
        ended=bool(drawn.shares) and not drawn.shares[-1],
        marks=() if half is None else ((half, f"half within {duration(half)}"),),
    )
