"""/repositories/{owner}/{name}/metrics: what can be asked, and the answers that pages and comments give."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from analytics.metrics import all_metrics
from dashboard.access import Visible
from dashboard.answers import About, about_repository, answer_of, metric_named, metrics_for
from dashboard.api.answers_at_once import ANSWERS_AT_ONCE
from dashboard.api.operations import Asking, Nothing, Operation, Reply
from dashboard.api.problems import ProblemError
from dashboard.api.rows import traffic_of
from dashboard.asking import Asked
from reports.answer import Answer
from reports.export import as_json

COST = 5  # an answer may have to be computed
AGAIN_AFTER = 10  # seconds
IN_WORDS = "It is being read; please ask again in some seconds."
Many = list[str] | None


class Asks(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, each value as in a comment."""

    period: Annotated[str, Meta(description="A period, such as 90d, 2026-Q1 or 2026-01-01..2026-03-31.")] | None = None
    vs: Annotated[str, Meta(description="What to compare with: previous, year, a period or a repository.")] | None = (
        None
    )
    compare: Annotated[str, Meta(description="yes, or a second period: every row of the comparison.")] | None = None
    author: Many = None
    label: Many = None
    base: Many = None
    path: Many = None


MORE = "The words of a comment that cannot be asked here are answered with why, and what can."


class Metric(msgspec.Struct):
    """A question that can be asked. audience: `push` where it is for those who may see traffic."""

    name: str
    title: str
    summary: str
    definition: str
    needs: list[str]
    audience: Literal["everyone", "push"]


class Metrics(msgspec.Struct):
    """The metrics that can be asked of a repository by this caller, the overview first."""

    items: list[Metric]


class Span(msgspec.Struct):
    """From a moment, included, to another, not included."""

    since: datetime
    until: datetime


class Named(msgspec.Struct):
    """The repository of an answer."""

    id: int
    owner: str
    name: str
    full_name: str
    visibility: str


class DatasetKnown(msgspec.Struct):
    """How complete a dataset is. rows: null where nobody knows · complete_since: null where the question is covered."""

    rows: int | None
    synced_at: datetime | None
    complete_since: datetime | None
    whole_history: bool
    error: str | None


class Completeness(msgspec.Struct):
    """How complete and how new the data of an answer is. fresh: false where newer data is being read just now."""

    complete: bool
    synced_at: datetime | None
    datasets: dict[str, DatasetKnown]
    compared: dict[str, DatasetKnown] | None
    notes: list[str]
    fresh: bool


class Section(msgspec.Struct):
    """What one metric found. Unknown is null, never zero."""

    facts: dict[str, Any]
    tables: dict[str, list[dict[str, str | int | float | bool | None]]]
    definition: str
    finding: str
    notes: list[str]
    previous: dict[str, Any] | None
    compared: dict[str, Any] | None


class Answered(msgspec.Struct):
    """An answer, in the form of the exports."""

    schema: Literal[1]
    repository: Named
    question: dict[str, Any]
    window: Span
    as_of: datetime
    completeness: Completeness
    metrics: dict[str, Section]


async def listed(asking: Asking, _query: Nothing) -> Reply:
    """Answer with what can be asked."""
    visible = await asking.repository()
    known = all_metrics()
    return Reply(Metrics([described(known[name]) for name in metrics_for(sees_traffic=visible.sees_traffic)]))


def described(metric: Any) -> Metric:
    """Return a metric as it is listed."""
    return Metric(metric.name, metric.title, metric.summary, metric.definition, sorted(metric.needs), metric.audience)


async def answer(asking: Asking, query: Asks) -> Reply:
    """Answer a question."""
    visible, about, found = await asked(asking, query)
    return Reply(await asyncio.to_thread(values, visible, about, found))


def values(visible: Visible, about: About, found: Answer) -> dict[str, Any]:
    """Return an answer as plain values, as everywhere; beside that whether newer data is on its way."""
    said = as_json(found, visible.repository)
    return {**said, "completeness": {**said["completeness"], "fresh": about.fresh}}


async def asked(asking: Asking, query: Asks) -> tuple[Visible, About, Answer]:
    """Return the answer to a question; raises Mistake, 403 for traffic, and 503 while too little is stored."""
    visible = await asking.repository()
    metric = metric_named(asking.places["metric"])
    if all_metrics()[metric].audience == "push":
        visible = await traffic_of(asking)
    single = [(name, value) for name in ("period", "vs", "compare") if (value := getattr(query, name))]
    about = await about_repository(
        asking.front, asking.caller.signed, visible, Asked.of_query(metric, [*single, *asking.more])
    )
    if about.missing:
        raise ProblemError(503, f"{' '.join(about.missing)} {IN_WORDS}", headers={"Retry-After": str(AGAIN_AFTER)})
    async with ANSWERS_AT_ONCE.of(asking.front).of(asking.caller.person.id):
        return visible, about, await answer_of(asking.front, about)


OPERATIONS = (
    Operation(
        "metrics", "/repositories/{owner}/{name}/metrics", "What can be asked of a repository.", Metrics, listed,
        scope="read:metrics", tag="answers",
    ),
    Operation(
        "metric", "/repositories/{owner}/{name}/metrics/{metric}", "The answer to a question.", Answered, answer, Asks,
        "read:metrics", COST, MORE, "answers",
    ),
)  # fmt: skip
