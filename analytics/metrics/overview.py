"""Everything at a glance: the other metrics' figures, one table of them and one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from analytics.buckets import column, for_picture, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.series import Series
from analytics.comparing import changes, count, duration_change, earlier, listing, middle, sentence, settled
from analytics.metric import Comparison, Fact, Measured, Metric, Scene
from analytics.metrics import authors, commits, issues, pulls, review_matrix, time_to_merge
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import during, number, plural, span

PARTS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        pulls.METRIC, time_to_merge.METRIC, review_matrix.METRIC, issues.METRIC, commits.METRIC, authors.METRIC,
    )
}  # fmt: skip
Drawn = TypeVar("Drawn", Bars, Histogram, Line)
# Facts that two metrics have, or whose name says too little away from its metric: they get its name in front.
PREFIXED = frozenset({"opened", "closed", "open_at_end", "authors", "closed_n", "closed_median_hours", "size_n"})
# Tables without logins: an overview is asked about a repository, not about persons.
TABLES = ("per_day", "per_week", "per_month", "histogram")


@dataclass(frozen=True, slots=True)
class Overview(Measured):
    """What the overview found; `parts` keeps each metric's own findings, so that it can speak for itself."""

    parts: Mapping[str, Measured] = field(default_factory=dict)


def measure(tables: Tables, window: Window, scene: Scene) -> Overview:
    """Ask every part about the same window and lay their facts side by side."""
    parts = {name: known(metric, metric.measure(tables, window, scene), scene) for name, metric in PARTS.items()}
    facts: dict[str, Fact] = {}
    for name, part in parts.items():
        facts.update({published(name, key): value for key, value in part.facts.items()})
    grids = {
        f"{name}.{key}": grid for name, part in parts.items() for key, grid in part.tables.items() if key in TABLES
    }
    notes = dict.fromkeys(note for part in parts.values() for note in part.notes)
    return Overview(facts=facts, tables=grids, notes=tuple(notes), parts=parts)


def known(metric: Metric, part: Measured, scene: Scene) -> Measured:
    """Return what a part found; where GitHub shows nothing of what it needs, its facts are unknown."""
    return Measured(dict.fromkeys(part.facts)) if metric.needs <= scene.refused else part


def published(metric: str, key: str) -> str:
    """Return a part's fact's name in the overview: `merged`, but `pulls.opened` and `issues.opened`."""
    return f"{metric}.{key}" if key in PREFIXED else key


def parts_of(measured: Measured) -> Mapping[str, Measured]:
    """Return what each part found; anything but this module's own findings raises TypeError."""
    if not isinstance(measured, Overview):
        raise TypeError("the overview can only speak of what it measured itself")
    return measured.parts


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say the flows of pull requests and issues with the median time to merge, then what clearly changed."""
    facts = {key: value for key, value in now.facts.items() if isinstance(value, int)}
    when = during(scene.window, scene.now)
    if not sum(facts[key] for key in ("pulls.opened", "merged", "closed_unmerged", "issues.opened", "issues.closed")):
        waiting = (
            f"{plural(facts['pulls.open_at_end'], 'pull request')} and {plural(facts['issues.open_at_end'], 'issue')}"
        )
        return sentence(
            f"no pull request or issue was opened or closed {when}",
            f"{waiting} open at the end",
            change(now, before, scene),
        )
    hours = parts_of(now)["time-to-merge"].samples[time_to_merge.SAMPLE]
    median = f" (median {middle(hours)})" if hours else ""
    return sentence(
        f"{plural(facts['pulls.opened'], 'pull request')} opened, {number(facts['merged'])} merged{median}, "
        f"{number(facts['closed_unmerged'])} closed unmerged {when}",
        f"{plural(facts['issues.opened'], 'issue')} opened, {number(facts['issues.closed'])} closed",
        change(now, before, scene),
    )


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return what clearly changed against the period before, nothing where nothing did."""
    before = earlier(before, scene)
    if before is None:
        return ""
    spoken = {
        "pulls.opened": "pull requests opened",
        "merged": "merged",
        "closed_unmerged": "closed unmerged",
        "issues.opened": "issues opened",
        "issues.closed": "issues closed",
    }
    clear = [
        f"{word} ({number(count(before, key))})"
        for key, name in spoken.items()
        for word in changes((name,), (count(now, key),), (count(before, key),))
    ]
    samples = [parts_of(side)["time-to-merge"].samples[time_to_merge.SAMPLE] for side in (now, before)]
    verdict = duration_change(samples[0], samples[1], scene.seed)
    clear += [f"{verdict} time to merge ({middle(samples[1])})"] if verdict else []
    return f"{listing(clear)} than in the period before" if clear else ""


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Take the rows that matter most from each part, in the order in which people ask."""
    rows = {
        name: metric.compare(parts_of(now)[name], parts_of(before)[name], scene)
        for name, metric in PARTS.items()
        if not metric.needs <= scene.refused
    }
    open_now, open_before = (
        f"{number(count(side, 'pulls.open_at_end'))} / {number(count(side, 'issues.open_at_end'))}"
        for side in (now, before)
    )
    return settled(
        scene,
        *rows["pulls"][:2],
        *rows["time-to-merge"][:1],
        *rows["review-matrix"][:2],
        *rows["issues"][:1],
        Comparison("open at the end: pull requests / issues", open_now, open_before),
        *rows.get("commits", ())[:1],
        *rows["authors"][: 1 if now.facts["new_authors_n"] is None else 2],
    )


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw pull requests, time to merge, reviews and the issue backlog in one picture."""
    parts = parts_of(now)
    opened, merged = count(now, "pulls.opened"), count(now, "merged")
    return (
        Panels(
            title=(
                f"{number(opened)} opened, {number(merged)} merged, {plural(count(now, 'reviews'), 'review')} "
                f"{during(scene.window, scene.now)}"
            ),
            subtitle=f"{scene.repository} · {span(scene.window)}",
            charts=(
                panel(pulls.flow_chart(parts["pulls"], scene), f"{number(opened)} opened, {number(merged)} merged"),
                panel(time_to_merge.spread_chart(parts["time-to-merge"], scene)),
                panel(reviews_chart(parts["review-matrix"], scene)),
                panel(issues.backlog_chart(parts["issues"], scene)),
            ),
        ),
    )


def panel(chart: Drawn, title: str | None = None) -> Drawn:
    """Return a chart as part of a picture that says repository and window once for all: only its unit is left."""
    return replace(chart, title=title or chart.title, subtitle=chart.subtitle.rsplit(" · ", 1)[-1])


def reviews_chart(reviews: Measured, scene: Scene) -> Bars:
    """Draw the counted reviews over time, without names."""
    bucket, grid = for_picture(reviews.tables)
    people = plural(count(reviews, "reviewers_n"), "person", "people")
    return Bars(
        title=f"{plural(count(reviews, 'reviews'), 'review')} by {people}",
        subtitle=f"{scene.repository} · {span(scene.window)} · reviews by others than the author per {bucket}",
        buckets=times(bucket, grid),
        up=Series("reviews", column(grid, "reviews")),
        unit=f"reviews per {bucket}",
    )


METRIC = Metric(
    name="overview",
    title="Overview",
    summary="pull requests, reviews, issues, commits and people at a glance",
    definition=(
        "The figures of pulls, time-to-merge, review-matrix, issues, commits and authors for one window, each as "
        "defined there, beside the equally long period just before. A change of a count is called one only if the "
        "exact 95 % interval of the ratio excludes 1; a duration is called longer or shorter only if the "
        "bootstrap's 95 % interval of the difference of medians excludes 0, and never with fewer than 5 on a side."
        " Bots are left out of people, and count in commits and pull requests."
    ),
    needs=frozenset({"pulls", "issues", "commits"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("summary",),
)
