"""Which tables a question takes, loaded: its own repository's or a whole organisation's, and those it compares with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.metric import Metric
from analytics.people import numbered
from analytics.tables import CAPTURED, DATASET_TABLES, READ_BY_FEW, Tables
from analytics.window import BEGINNING
from reports.compute_task import Task
from reports.question import Question
from storage.loading import load, load_together

WITH_PEOPLE = frozenset({"pulls", "issues", "commits"})  # datasets in which somebody can be new
PUSH_ONLY = CAPTURED - {"snapshots"}  # what GitHub shows to people with push access
OF_EACH = CAPTURED - {"org-traffic"}  # what is one repository's own, and never put together

Columns = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class Loaded:
    """The tables of what is asked about, and of what it is compared with: the same ones, unless that is elsewhere."""

    asked: Tables
    other: Tables


def loaded(task: Task, metrics: Sequence[Metric]) -> Loaded:
    """Load what the metrics need of both sides; persons are numbered there already, if they are not to be named."""
    question = task.question
    asked, places = read(task, metrics)
    elsewhere = question.against.kind == "repository"
    other = read_other(task, metrics) if elsewhere else {}
    if task.terms.people != "names":
        asked, given = numbered(asked)
        other, _ = numbered(other, given)
    tables = Tables.of(asked, places)
    return Loaded(tables, Tables.of(other) if elsewhere else tables)


def read(task: Task, metrics: Sequence[Metric]) -> tuple[Columns, tuple[tuple[int, str], ...]]:
    """Return the columns of what is asked about, as far as its window and the one it is compared with need."""
    question = task.question
    names = tables_of(frozenset[str]().union(*(wanted(metric, question) for metric in metrics)), metrics, task)
    since, until = reach(question)
    options: dict[str, Any] = {"filters": question.filters, "terms": task.terms}
    if not question.whole_organisation:
        organisation = question.repositories
        columns = load(task.database, question.repository_id, names, since, until, organisation=organisation, **options)
        return columns, ()
    days = [name for name in names if name in DATASET_TABLES["org-traffic"]]
    rest = [name for name in names if name not in days]
    together = load_together(task.database, task.together, rest, since, until, **options)
    organisation = question.repositories
    traffic = load(task.database, question.repository_id, days, since, until, organisation=organisation, **options)
    return {**together.columns, **traffic}, together.places


def read_other(task: Task, metrics: Sequence[Metric]) -> Columns:
    """Return the columns of the repository that the question compares with; never of its traffic."""
    question = task.question
    datasets = frozenset[str]().union(*(metric.needs | metric.also for metric in metrics)) - CAPTURED
    window = question.previous
    assert window is not None, "against another repository there always is a window"
    begin = None if window.since <= BEGINNING else window.since
    return load(
        task.database,
        question.against.repository_id,
        tables_of(datasets, metrics, task),
        begin,
        window.until,
        filters=question.filters,
        terms=task.terms,
    )


def wanted(metric: Metric, question: Question) -> frozenset[str]:
    """Return the datasets to load for a metric: what it needs, and what adds to it for whoever asks.

    What only adds is one repository's own, such as the releases that a picture marks.
    """
    if question.whole_organisation:
        return metric.needs - OF_EACH
    sees_traffic = question.sees_traffic or metric.audience == "push"
    return metric.needs | (metric.also if sees_traffic else metric.also - PUSH_ONLY)


def tables_of(datasets: Collection[str], metrics: Sequence[Metric], task: Task) -> list[str]:
    """Return the tables of datasets: of those that few metrics read only what one of these asks for."""
    asked_for = frozenset[str]().union(*(metric.reads for metric in metrics))
    names = [
        table
        for dataset in sorted(datasets)
        for table in DATASET_TABLES[dataset]
        if table not in READ_BY_FEW or table in asked_for
    ]
    people = task.terms.people != "names"
    if WITH_PEOPLE & frozenset(datasets) or people:
        names.append("firsts")
    return list(dict.fromkeys(names))


def reach(question: Question) -> tuple[datetime | None, datetime]:
    """Return the earliest and the latest moment that the question's own repository must be known between."""
    windows = [question.window]
    if question.previous is not None and question.against.kind != "repository":
        windows.append(question.previous)
    since = min(window.since for window in windows)
    return None if since <= BEGINNING else since, max(window.until for window in windows)
