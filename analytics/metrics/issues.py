"""How many issues were opened and closed, how many are open, and how long the closed ones took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics import followed
from analytics.buckets import Buckets, column, end_times, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.line import Line
from analytics.charts.series import Series
from analytics.cohort import EVENT, OTHER, Cohort
from analytics.comparing import (
    clear_changes,
    count,
    duration_row,
    earlier,
    pair_row,
    sentence,
    sentences,
    settled,
    than,
)
from analytics.followed import FEWEST, Followed, comparable, share_row
from analytics.issue_fates import (
    ANSWERED,
    CLOSE_TARGET,
    RESPONSE_TARGET,
    STILL_OPEN,
    fate,
    on_target,
    still_open_chart,
)
from analytics.lazy import lazy
from analytics.metric import Comparison, Measured, Metric, Scene
from analytics.moments import before as known_before
from analytics.moments import hours, moments, within
from analytics.stats import median
from analytics.tables import Tables
from analytics.targets import met
from analytics.window import Window
from analytics.words import during, number, plural, span

if TYPE_CHECKING:
    import numpy as np

    from analytics.moments import Moments
else:
    np = lazy("numpy")

SAMPLE = "closed_hours"


def measure(tables: Tables, window: Window, scene: Scene) -> Followed:
    """Count openings and closings in the window and what each bucket leaves open; later closings are unknown."""
    created, closed, answered = (
        moments(tables.issues[name]) for name in ("created_at", "closed_at", "first_response_at")
    )
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
    opened = within(created, window)
    never = np.full(int(opened.sum()), np.datetime64("NaT", "us"))
    to_close = Cohort.of(created[opened], closed[opened], never, window.until)
    # an issue that is closed without a word cannot be answered any more in time
    to_answer = Cohort.of(created[opened], answered[opened], closed[opened], window.until)
    still_open, incidence = to_close.still_open(), to_answer.incidence()
    return Followed(
        facts={
            "opened": int(opened.sum()),
            "closed": int(inside.sum()),
            "open_at_end": int(is_open.sum()),
            "closed_n": len(taken),
            "closed_median_hours": median(taken),
            **followed.medians(still_open, "km"),
            "responded_n": to_answer.count(EVENT),
            "closed_unanswered_n": to_answer.count(OTHER),
            **followed.shares(to_answer, incidence, "first_response", ("24h", "7d")),
            **followed.medians(to_answer.cause_specific(), "first_response_km"),
            **met(to_answer, incidence, scene.terms.targets.get("first_response"), RESPONSE_TARGET),
            **met(to_close, to_close.incidence(), scene.terms.targets.get("close"), CLOSE_TARGET),
        },
        tables=grids,
        samples={
            SAMPLE: taken,
            **followed.flags(to_close, "closed"),
            **followed.flags(to_answer, "first_response"),
        },
        curves={STILL_OPEN: still_open.drawn(), ANSWERED: incidence.drawn()},
        left=followed.left(to_close),
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
    told = "; ".join(filter(None, [story, waiting, change(now, earlier(before, scene), scene)]))
    return sentences(told, fate(now), on_target(now))


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more opened than in the period before (6)`, or nothing where no change is clear."""
    if before is None:
        return ""
    flows = [(name, count(now, name), count(before, name)) for name in ("opened", "closed")]
    return than(clear_changes(flows, scene), scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare what was opened and closed and how long the closed ones took; the backlog is shown without a verdict."""
    flows = [(count(measured, "opened"), count(measured, "closed")) for measured in (now, before)]
    name = comparable(scene)
    answered, closed = (
        [side.samples[f"{key}_within_{horizon}"] for side in (now, before)]
        for key, horizon in (("first_response", "24h"), ("closed", name))
    )
    long_enough = "of those followed so long"
    return settled(
        scene,
        pair_row("issues opened / closed", ("opened", "closed"), flows[0], flows[1], scene),
        Comparison("issues open at the end", number(count(now, "open_at_end")), number(count(before, "open_at_end"))),
        share_row(f"first response within 24 h, {long_enough}", answered[0], answered[1], scene.seed),
        share_row(f"closed within {followed.SPOKEN[name]}, {long_enough}", closed[0], closed[1], scene.seed),
        duration_row("median time to close (closed ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene.seed),
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the backlog, the flow, and how long those opened stay open; of few there is no share to draw."""
    known = (still_open_chart(now, scene),) if count(now, "opened") >= FEWEST else ()
    return (backlog_chart(now, scene), flow_chart(now, scene), *known)


def backlog_chart(now: Measured, scene: Scene) -> Line:
    """Draw how many issues were open at each bucket's end."""
    bucket, grid = for_picture(now.tables)
    backlogs = column(grid, "open_at_end")
    return Line(
        title=f"{plural(backlogs[-1], 'issue')} open at the end",
        subtitle=f"{scene.repository} · {span(scene.named)} · open issues at the end of each {bucket}",
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
        subtitle=f"{scene.repository} · {span(scene.named)} · issues per {bucket}",
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
        "Opened: created in the window. Closed: closed in the window, whenever they were opened; a reopened issue is "
        "open. Open at the end: created before the window's (or the bucket's) end and not closed before it. Median "
        "time to close (closed ones): of those closed in the window, open ones are not in it; beside it the "
        "Kaplan-Meier median of all opened in the window, open ones followed to its end (null where more than half are "
        "open). First response: the first comment by a person other than the author, accounts under `bots:` in the "
        "configuration left out; where one of these answered first, the next answer is looked for among the comments "
        "that are kept: of an issue that was read, not told by webhooks, the first ten and the last ten. Its shares "
        "within 24 h and 7 d are Aalen-Johansen's over all opened, being closed without one competing; its "
        "Kaplan-Meier median lets such a closing censor, so it assumes that those were like the rest. Within the "
        "targets that `targets:` in the configuration sets, in hours of the calendar: likewise of all opened, open "
        "ones followed to the window's end. Pull requests are not issues. Bots count like everybody, but their "
        "comments are no response. What is dated before the opening is left out of durations and counted. A change is "
        "called one only if its 95 % interval excludes no change, and longer or shorter, higher or lower never with "
        "fewer than 5 on a side."
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
        "km_median_hours": "half of those opened closed within",
        "km_median_ci95": "95 % interval of that, in hours",
        "responded_n": "of those opened, answered",
        "closed_unanswered_n": "of those opened, closed without a response",
        "first_response_within_24h": "first response within 24 h",
        "first_response_within_7d": "first response within 7 d",
        "first_response_km_median_hours": "median time to first response, were unanswered ones like the rest",
        "first_response_km_median_ci95": "95 % interval of that median, in hours",
        "response_target_hours": "target for a first response",
        "first_response_within_target_share": "first response within the target",
        "close_target_hours": "target for closing",
        "closed_within_target_share": "closed within the target",
    },
)
