"""Load frames, measure and draw: the work of a pool's process, never of the server's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.comparing import listing
from analytics.metric import Measured, Metric, Scene
from analytics.metrics import all_metrics
from analytics.tables import DATASET_TABLES, Tables
from analytics.window import BEGINNING, Window
from reports.answer import Answer, Completeness, DatasetState, PictureData, Section
from reports.compute_task import Task
from storage.loading import load

UNREAD = frozenset({"timeline"})  # a fifth of a long history's loading time, and no metric reads it yet


def answer(task: Task) -> Answer:
    """Answer the task's question from what is stored."""
    question = task.question
    metrics = [all_metrics()[name] for name in question.metrics]
    needed = frozenset[str]().union(*(metric.needs for metric in metrics))
    previous = question.previous
    since = question.window.since if previous is None else previous.since
    tables = read(task.database, question.repository_id, needed, since, question.window.until)
    sections = tuple(section(metric, tables, task, previous) for metric in metrics)
    return Answer(question, task.now, sections, completeness(task.states, tables, question.window))


def read(database: str, repository_id: int, datasets: Collection[str], since: datetime, until: datetime) -> Tables:
    """Load the datasets' tables as far as the window and the one before it need."""
    names = [table for dataset in datasets for table in DATASET_TABLES[dataset] if table not in UNREAD]
    columns = load(database, repository_id, [*names, "firsts"], None if since <= BEGINNING else since, until)
    return Tables.of(columns)


def section(metric: Metric, tables: Tables, task: Task, previous: Window | None) -> Section:
    """Measure one metric in both windows, say what it found, draw it."""
    question = task.question
    whole = frozenset(name for name, state in task.states.items() if state.whole_history)
    refused = frozenset(name for name, state in task.states.items() if state.error)
    if metric.needs <= refused:
        return unreadable(metric)
    scene = Scene(question.repository, question.window, task.now, whole, refused, question.seed)
    now = metric.measure(tables, question.window, scene)
    before = None
    if previous is not None:
        before = metric.measure(tables, previous, replace(scene, window=previous))
    comparisons = metric.compare(now, before, scene) if before is not None else ()
    charts = metric.charts(now, scene)[: task.most_pictures]
    pictures = tuple(picture(chart, drawn=task.pictures) for chart in charts)
    return Section(
        metric.name,
        metric.title,
        metric.definition,
        metric.finding(now, before, scene),
        comparisons,
        now,
        before,
        pictures,
    )


def unreadable(metric: Metric) -> Section:
    """Say that GitHub shows nothing of what the metric needs; why not stands in the completeness line."""
    finding = f"GitHub does not show {listing(sorted(metric.needs))} here, so there is nothing to measure."
    return Section(metric.name, metric.title, metric.definition, finding, (), Measured({}), None)


def picture(chart: Chart, *, drawn: bool) -> PictureData:
    """Return a chart as pictures and text, or as text alone."""
    light, dark = (render(chart, "light"), render(chart, "dark")) if drawn else (b"", b"")
    return PictureData(light, dark, chart.alt, chart.text(), type(chart).__name__.lower())


def completeness(states: Mapping[str, DatasetState], tables: Tables, window: Window) -> Completeness:
    """Count what the answer rests on: the rows that were opened, ended or open in the window."""
    counted = {name: replace(state, **counts(name, tables, window)) for name, state in states.items()}
    return Completeness(counted)


def counts(dataset: str, tables: Tables, window: Window) -> dict[str, Any]:
    """Count one dataset's rows in the window."""
    since, until = window.since, window.until
    if dataset == "commits":
        stored = int(tables.commits["committed_at"].between(since, until, inclusive="left").sum())
        return {"stored": stored, "total": stored}
    if dataset == "releases":
        stored = int(tables.releases["published_at"].between(since, until, inclusive="left").sum())
        return {"stored": stored, "total": stored}
    rows = tables.pulls if dataset == "pulls" else tables.issues
    alive = (rows["created_at"] < until) & ~(rows["closed_at"] < since)
    found: dict[str, Any] = {"stored": int(alive.sum()), "total": int(alive.sum())}
    if dataset == "pulls":
        reviews = int(tables.reviews["submitted_at"].between(since, until, inclusive="left").sum())
        found["parts"] = {"reviews" if reviews != 1 else "review": reviews}
    return found


def warm(_task: None) -> None:
    """Import everything and draw once, so that the first question does not pay for it."""
    from reports.warmup import draw_once  # noqa: PLC0415 - only a pool's process needs it

    draw_once()
