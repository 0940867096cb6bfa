"""The overview's one picture: a small chart of each part that is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from analytics.buckets import column, for_picture, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.series import Series
from analytics.charts.weekly import Weekly
from analytics.comparing import by_people, count
from analytics.merging_charts import spread_chart
from analytics.metric import Measured, Scene
from analytics.metrics import issues, pulls, traffic
from analytics.traffic_charts import over_time
from analytics.words import during, number, plural, span

Drawn = Bars | Daily | Histogram | Line | Weekly


def picture(parts: Mapping[str, Measured], threads: Collection[str], scene: Scene) -> tuple[Chart, ...]:
    """Draw pull requests, time to merge, reviews, the issue backlog and views in one picture, those that are known.

    parts: what each metric found, by name · threads: which of pulls and issues GitHub shows.
    """
    panels: list[Chart] = []
    title: list[str] = []
    if "pulls" in threads:
        flow = f"{number(count(parts['pulls'], 'opened'))} opened, {number(count(parts['pulls'], 'merged'))} merged"
        title = [flow, plural(count(parts["review-matrix"], "reviews"), "review")]
        panels = [
            panel(pulls.flow_chart(parts["pulls"], scene), flow),
            panel(spread_chart(parts["time-to-merge"], scene)),
            panel(reviews_chart(parts["review-matrix"], scene)),
        ]
    if "issues" in threads:
        title = title or [plural(count(parts["issues"], "opened"), "issue") + " opened"]
        panels.append(panel(issues.backlog_chart(parts["issues"], scene)))
    visits = parts.get(traffic.METRIC.name)
    if visits is not None and visits.facts["views"] is not None:
        title = title or [traffic.seen(visits)]
        panels.append(panel(over_time(visits, "views", scene)))
    if not panels:
        return ()
    return (
        Panels(
            title=f"{', '.join(title)} {during(scene.window, scene.now)}",
            subtitle=f"{scene.repository} · {span(scene.named)}",
            charts=tuple(panels),
        ),
    )


def panel(chart: Drawn, title: str | None = None) -> Chart:
    """Return a chart as part of a picture that says repository and window once for all: only its unit is left."""
    return replace(chart, title=title or chart.title, subtitle=chart.subtitle.rsplit(" · ", 1)[-1])


def reviews_chart(reviews: Measured, scene: Scene) -> Bars:
    """Draw the counted reviews over time, without names."""
    bucket, grid = for_picture(reviews.tables)
    total = count(reviews, "reviews")
    by_them = count(reviews, "reviews_by_people")
    return Bars(
        title=by_people(plural(total, "review"), total, by_them, count(reviews, "reviewers_n")),
        subtitle=f"{scene.repository} · {span(scene.named)} · reviews by others than the author per {bucket}",
        buckets=times(bucket, grid),
        up=Series("reviews", column(grid, "reviews")),
        unit=f"reviews per {bucket}",
    )
