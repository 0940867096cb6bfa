"""What becomes of the issues opened in a window: how long they stay open, and how soon they are answered."""

from __future__ import annotations

from analytics import followed
from analytics.charts.survival import Survival
from analytics.comparing import amount, count
from analytics.followed import FEWEST, Followed
from analytics.metric import Measured, Scene
from analytics.words import duration, percent, plural, span

STILL_OPEN, ANSWERED = "still open", "answered"


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


def still_open_chart(now: Measured, scene: Scene) -> Survival:
    """Draw which share of the issues opened is still open after how long."""
    opened, half = count(now, "opened"), amount(now, "km_median_hours")
    few = opened < FEWEST
    title = "Fewer than half are closed" if half is None else f"Half of issues are closed within {duration(half)}"
    return Survival(
        title=f"{plural(opened, 'issue')} opened" if few else title,
        subtitle=(
            f"{scene.repository} · {plural(opened, 'issue')} opened, {span(scene.window)} · "
            "share still open, by time since opening; open ones count for as long as they are"
        ),
        curves=(followed.drawn(followed.curve(now, STILL_OPEN), STILL_OPEN, accent=True),),
        at_risk=tuple((hours, (left,)) for hours, left in now.left) if isinstance(now, Followed) else (),
        unit=STILL_OPEN,
        marks=() if half is None else ((half, f"half within {duration(half)}"),),
    )
