"""An answer with numbers of a real repository (tls13-spec's last year), for the tests of what is said about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.metric import Comparison, Grid, Measured, Metric
from analytics.window import Window
from reports.answer import Answer, Completeness, DatasetState, PictureData, Section
from reports.markdown import PictureLink
from reports.question import Question

NOW = datetime(2026, 7, 9, 8, 0, tzinfo=UTC)
LINK = PictureLink("https://almanac.example/pictures/l1.png", "https://almanac.example/pictures/d1.png")

PICTURE = PictureData(
    light=b"light",
    dark=b"dark",
    alt="Half of the 13 merged pull requests were in within 5 d 18 h; the slowest took 1.2 y.",
    text="| merged within | pull requests | |\n|---|--:|---|\n| 1 d | 4 | ████ |\n| 1 w | 9 | █████████ |",
    kind="histogram",
)

OVERVIEW = Section(
    metric="overview",
    title="Overview",
    definition="Every figure is defined under its own metric. Bots are left out of review times and of people counts.",
    finding=(
        "13 pull requests merged, median 5 d 18 h (before: 19 merged, 24 h). "
        "62 % of those opened were not reviewed within a day."
    ),
    comparisons=(
        Comparison("pull requests opened", "34", "26", "no clear change"),
        Comparison("merged / closed unmerged", "13 / 25", "19 / 5", "more closed"),
        Comparison("median time to merge (merged ones)", "5 d 18 h", "24 h", "n = 13 and 19: no clear change"),
        Comparison("first review within 24 h", "38 %", "58 %", "n = 34 and 26: no clear change"),
        Comparison("issues opened / closed", "26 / 32", "6 / 3", "more of both"),
    ),
    now=Measured(
        facts={
            "opened": 34,
            "merged": 13,
            "merged_median_hours": 138.2,
            "merged_within_24h": 0.38,
            "open_at_end": None,
        },
        tables={
            "per_month": Grid(
                ("month", "opened", "merged"), (("2026-05", 3, 1), ("2026-06", 0, 2), ("2026-07", 1, None))
            ),
            "people": Grid(("author", "pulls"), (("quartz-otter", 12), ("dependabot[bot]", 3))),
        },
        notes=("2 negative durations left out",),
    ),
    before=Measured(facts={"opened": 26, "merged": 19, "merged_median_hours": 24.0}),
    pictures=(PICTURE,),
)

QUESTION = Question(("overview",), Window.last(365, NOW), 7, "tlswg/tls13-spec")
ANSWER = Answer(
    question=QUESTION,
    as_of=NOW,
    sections=(OVERVIEW,),
    completeness=Completeness(
        datasets={
            "pulls": DatasetState(
                "pulls", 34, 34, NOW - timedelta(minutes=3), whole_history=True, parts={"reviews": 68}
            ),
            "issues": DatasetState(
                "issues", 26, 30, NOW - timedelta(minutes=2), covered_since=NOW - timedelta(days=730)
            ),
        },
        sentences=("Bots left out of review times (1).",),
    ),
)


def metric(name: str, *aliases: str) -> Metric:
    return Metric(
        name=name,
        title=name,
        summary=f"what {name} are, a short summary",
        definition=f"How {name} are counted. Bots are left out.",
        needs=frozenset(),
        measure=lambda _tables, _window, _scene: Measured({}),
        finding=lambda _now, _before, _scene: "",
        compare=lambda _now, _before, _scene: (),
        charts=lambda _now, _scene: (),
        aliases=aliases,
    )


METRICS = {
    each.name: each
    for each in (
        metric("authors"),
        metric("commits"),
        metric("issues"),
        metric("org-traffic"),
        metric("overview"),
        metric("pulls", "prs", "pull-requests"),
        metric("review-matrix", "matrix"),
        metric("time-to-merge", "merge-time"),
        metric("traffic", "views"),
    )
}
