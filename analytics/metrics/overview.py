"""Everything at a glance: the other metrics' figures, one table of them and one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.charts.chart import Chart
from analytics.comparing import (
    clear_changes,
    count,
    duration_change,
    earlier,
    listing,
    middle,
    sentence,
    settled,
    than,
)
from analytics.merging_words import SAMPLE
from analytics.metric import Comparison, Fact, Measured, Metric, Scene
from analytics.metrics import authors, commits, first_review, issues, pulls, review_matrix, time_to_merge, traffic
from analytics.overview_picture import picture
from analytics.refused import clause, refused, unknown
from analytics.tables import DATASET_NOUNS, Tables
from analytics.traffic_compared import count_rows
from analytics.window import Window
from analytics.words import during, number, plural

PARTS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        pulls.METRIC, time_to_merge.METRIC, first_review.METRIC, review_matrix.METRIC, issues.METRIC, commits.METRIC,
        authors.METRIC,
    )
}  # fmt: skip
# Part of it for who may see it, where anything of it is known; an overview does without.
TRAFFIC = traffic.METRIC
# What an overview asks of the metrics that name people: the same facts without the tables of names.
UNNAMED = {"review-matrix": review_matrix.measure_unnamed, "authors": authors.measure_unnamed}
# What comes and goes, by dataset, and how it is called where it changed.
FLOWS = {
    "pulls": {
        "pulls.opened": "pull requests opened",
        "pulls.merged": "merged",
        "pulls.closed_unmerged": "closed unmerged",
    },
    "issues": {"issues.opened": "issues opened", "issues.closed": "issues closed"},
}
# Tables without logins: an overview is asked about a repository, not about persons.
TABLES = ("per_day", "per_week", "per_month", "histogram")


@dataclass(frozen=True, slots=True)
class Overview(Measured):
    """What the overview found; `parts` keeps each metric's own findings, so that it can speak for itself."""

    parts: Mapping[str, Measured] = field(default_factory=dict)


def measure(tables: Tables, window: Window, scene: Scene) -> Overview:
    """Ask every part about the same window and lay their facts side by side."""
    asked = {**PARTS, TRAFFIC.name: TRAFFIC} if sees_traffic(tables, scene) else PARTS
    parts = {name: measure_part(metric, tables, window, scene) for name, metric in asked.items()}
    facts: dict[str, Fact] = {}
    for name, part in parts.items():
        facts.update({published(name, key): value for key, value in part.facts.items()})
    grids = {
        f"{name}.{key}": grid for name, part in parts.items() for key, grid in part.tables.items() if key in TABLES
    }
    notes = dict.fromkeys(note for part in parts.values() for note in part.notes)
    return Overview(facts=facts, tables=grids, notes=tuple(notes), parts=parts)


def sees_traffic(tables: Tables, scene: Scene) -> bool:
    """Return whether the asker may see traffic and any is stored."""
    return scene.sees_traffic and TRAFFIC.name not in scene.refused and len(tables.traffic_days) > 0


def measure_part(metric: Metric, tables: Tables, window: Window, scene: Scene) -> Measured:
    """Ask one part, without its tables of names; where GitHub does not show all that it needs, it is unknown."""
    part = UNNAMED.get(metric.name, metric.measure)(tables, window, scene)
    return unknown(part) if refused(metric, scene) else part


def published(metric: str, key: str) -> str:
    """Return a part's fact's name in the overview: `pulls.opened`, so that no new metric ever renames another's."""
    return f"{metric}.{key}"


def parts_of(measured: Measured) -> Mapping[str, Measured]:
    """Return what each part found; anything but this module's own findings raises TypeError."""
    if not isinstance(measured, Overview):
        raise TypeError("the overview can only speak of what it measured itself")
    return measured.parts


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say the flows of pull requests and issues, the median time to merge, what clearly changed, what is unknown."""
    missing = refused(METRIC, scene)
    if missing == METRIC.needs:
        return f"{clause(missing)}."
    story = sentence(*flows(now, scene), *flow_of_traffic(now), change(now, before, scene))
    return f"{story} {clause(missing)}." if missing else story


def flows(now: Measured, scene: Scene) -> list[str]:
    """Return what was opened and how it ended, of what GitHub shows; of neither kind of thread, the commits."""
    when = during(scene.window, scene.now)
    known = threads(scene)
    if not known:
        return [commits.written(parts_of(now)["commits"], " on the default branch", when)]
    if not sum(count(now, key) for name in known for key in FLOWS[name]):
        nouns = " or ".join(DATASET_NOUNS[name] for name in known)
        waiting = listing([plural(count(now, f"{name}.open_at_end"), DATASET_NOUNS[name]) for name in known])
        return [f"no {nouns} was opened or closed {when}", f"{waiting} open at the end"]
    said = [flow_of_pulls(now)] if "pulls" in known else []
    if "issues" in known:
        said.append(
            f"{plural(count(now, 'issues.opened'), 'issue')} opened, {number(count(now, 'issues.closed'))} closed"
        )
    return [f"{said[0]} {when}", *said[1:]]


def flow_of_pulls(now: Measured) -> str:
    """Return `34 pull requests opened, 13 merged (median 5 d 18 h), 25 closed unmerged`."""
    hours = parts_of(now)["time-to-merge"].samples[SAMPLE]
    median = f" (median {middle(hours)})" if hours else ""
    return (
        f"{plural(count(now, 'pulls.opened'), 'pull request')} opened, "
        f"{number(count(now, 'pulls.merged'))} merged{median}, "
        f"{number(count(now, 'pulls.closed_unmerged'))} closed unmerged"
    )


def flow_of_traffic(now: Measured) -> list[str]:
    """Return `1,060 views and 185 clones`, nothing for who may not see them."""
    part = parts_of(now).get(TRAFFIC.name)
    return [traffic.seen(part)] if part is not None and traffic.seen(part) else []


def threads(scene: Scene) -> list[str]:
    """Return which of pull requests and issues GitHub shows."""
    return [name for name in FLOWS if name not in scene.refused]


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return what clearly changed against the period before, nothing where nothing did."""
    before = earlier(before, scene)
    if before is None:
        return ""
    flows = [
        (spoken, count(now, key), count(before, key)) for name in threads(scene) for key, spoken in FLOWS[name].items()
    ]
    clear = clear_changes(flows, scene)
    if "pulls" in threads(scene):
        samples = [parts_of(side)["time-to-merge"].samples[SAMPLE] for side in (now, before)]
        verdict = duration_change(samples[0], samples[1], scene.seed)
        clear += [(f"{verdict} time to merge", middle(samples[1]))] if verdict else []
    return than(clear, scene)


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Take the rows that matter most from each part that is known, in the order in which people ask."""
    rows = {
        name: () if refused(metric, scene) else metric.compare(parts_of(now)[name], parts_of(before)[name], scene)
        for name, metric in PARTS.items()
    }
    return settled(
        scene,
        *rows["pulls"][:2],
        *rows["time-to-merge"][:2],
        *rows["first-review"][:1],
        *rows["review-matrix"][:2],
        *rows["issues"][:1],
        *still_open(now, before, scene),
        *rows["commits"][:1],
        *rows["authors"][: 1 if now.facts["authors.new_authors_n"] is None else 2],
        *rows_of_traffic(now, before, scene),
    )


def rows_of_traffic(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Return the rows of views, then of clones, without those of uniques; nothing for who may not see them."""
    sides = [parts_of(side).get(TRAFFIC.name) for side in (now, before)]
    return tuple(count_rows(sides[0], sides[1], scene)) if sides[0] is not None and sides[1] is not None else ()


def still_open(now: Measured, before: Measured, scene: Scene) -> list[Comparison]:
    """Return the row of what is open at the end, `12 / 30`, without a verdict."""
    known = threads(scene)
    shown = [" / ".join(number(count(side, f"{name}.open_at_end")) for name in known) for side in (now, before)]
    label = f"open at the end: {' / '.join(f'{DATASET_NOUNS[name]}s' for name in known)}"
    return [Comparison(label, shown[0], shown[1])] if known else []


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw what is known in one picture."""
    return picture(parts_of(now), threads(scene), scene)


METRIC = Metric(
    name="overview",
    title="Overview",
    summary="pull requests, reviews, issues, commits and people at a glance",
    definition=(
        "The figures of pulls, time-to-merge, first-review, review-matrix, issues, commits and authors for one window, "
        "each as defined there, beside the equally long period just before. A change of a count is called one only if "
        "the exact 95 % interval of the ratio excludes 1; a duration is called longer or shorter only if the "
        "bootstrap's 95 % interval of the difference of medians excludes 0, and never with fewer than 5 on a side."
        " Bots are left out of people, and count in commits and pull requests. What GitHub does not let the App read "
        "is unknown, with all that needs it. Traffic is part of it only for people who may see it."
    ),
    needs=frozenset({"pulls", "issues", "commits"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("summary",),
    labels={
        published(metric.name, key): label
        for metric in (*PARTS.values(), TRAFFIC)
        for key, label in metric.labels.items()
    },
    leaves_out_refused=True,
    also=TRAFFIC.needs,
)
