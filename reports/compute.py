"""Load frames, measure and draw: the work of a pool's process, never of the server's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.metric import Metric, Scene
from analytics.metrics import all_metrics
from analytics.moments import moments, within
from analytics.refused import finding as refusal
from analytics.refused import unknown
from analytics.tables import CAPTURED, DATASET_TABLES, Tables
from analytics.window import BEGINNING, Window
from github.auth import App
from reports.answer import Answer, Completeness, DatasetState, PictureData, Section
from reports.app_token import AppToken
from reports.compute_task import Task
from reports.question import Question
from reports.rows_counted import rows_in
from storage.loading import count, load

UNREAD = frozenset({"timeline"})  # a fifth of a long history's loading time, and no metric reads it yet
WITH_PEOPLE = frozenset({"pulls", "issues", "commits"})  # datasets in which somebody can be new
PUSH_ONLY = CAPTURED - {"snapshots"}  # what GitHub shows to people with push access


def answer(task: Task) -> Answer:
    """Answer the task's question from what is stored."""
    question = task.question
    metrics = [all_metrics()[name] for name in question.metrics]
    needed = frozenset[str]().union(*(wanted(metric, question) for metric in metrics))
    previous = question.previous
    since = question.window.since if previous is None else previous.since
    tables = read(task.database, question, needed, since)
    sections = tuple(section(metric, tables, task, previous) for metric in metrics)
    return Answer(question, task.now, sections, completeness(task, tables))


def wanted(metric: Metric, question: Question) -> frozenset[str]:
    """Return the datasets to load for a metric: what it needs, and what adds to it for whoever asks."""
    sees_traffic = question.sees_traffic or metric.audience == "push"
    return metric.needs | (metric.also if sees_traffic else metric.also - PUSH_ONLY)


def read(database: str, question: Question, datasets: Collection[str], since: datetime) -> Tables:
    """Load the datasets' tables as far as the window and the one before it need."""
    names = [table for dataset in datasets for table in DATASET_TABLES[dataset] if table not in UNREAD]
    if WITH_PEOPLE & frozenset(datasets):
        names.append("firsts")
    begin = None if since <= BEGINNING else since
    columns = load(
        database, question.repository_id, names, begin, question.window.until, organisation=question.repositories
    )
    return Tables.of(columns)


def section(metric: Metric, tables: Tables, task: Task, previous: Window | None) -> Section:
    """Measure one metric in both windows, say what it found, draw it; what GitHub refuses to show is unknown."""
    question = task.question
    whole = frozenset(name for name, state in task.states.items() if state.whole_history)
    refused = frozenset(name for name, state in task.states.items() if state.error)
    scene = Scene(
        question.repository,
        question.window,
        task.now,
        whole,
        refused,
        question.seed,
        sees_traffic=question.sees_traffic or metric.audience == "push",
        workflow_runs=task.workflow_runs,
    )
    now = metric.measure(tables, question.window, scene)
    before = None
    if previous is not None:
        before = metric.measure(tables, previous, replace(scene, window=previous))
    described = Section(metric.name, metric.title, metric.definition, "", (), now, before, labels=metric.labels)
    if metric.needs & refused and not metric.leaves_out_refused:
        finding = refusal(metric, scene)
        return replace(described, finding=finding, now=unknown(now), before=before and unknown(before))
    pending = [state.pending for name, state in sorted(task.states.items()) if name in metric.needs and state.pending]
    if pending:
        return replace(described, finding=pending[0], now=unknown(now), before=before and unknown(before))
    charts = metric.charts(now, scene)[: task.most_pictures]
    return replace(
        described,
        finding=metric.finding(now, before, scene),
        comparisons=metric.compare(now, before, scene) if before is not None else (),
        pictures=tuple(picture(chart, drawn=task.pictures) for chart in charts),
    )


def picture(chart: Chart, *, drawn: bool) -> PictureData:
    """Return a chart as pictures and text, or as text alone."""
    light, dark = (render(chart, "light"), render(chart, "dark")) if drawn else (b"", b"")
    return PictureData(light, dark, chart.alt, chart.text(), type(chart).__name__.lower())


def completeness(task: Task, tables: Tables) -> Completeness:
    """Count what the answer rests on: the rows that were opened, ended or open in the window."""
    return Completeness({name: counted(state, task, tables) for name, state in task.states.items()})


def counted(state: DatasetState, task: Task, tables: Tables) -> DatasetState:
    """Return a dataset's state with its rows in the window; on a refused one nothing rests.

    Where GitHub said how many rows there are in all, those that are missing may each belong to the window.
    """
    if state.error or state.pending:
        return replace(state, stored=0, total=None)
    window = task.question.window
    stored = rows_in(state.dataset, tables, window)
    total = None
    if state.total is not None:
        kept = count(task.database, task.question.repository_id, DATASET_TABLES[state.dataset][0])
        total = stored + max(0, state.total - kept)
    if state.dataset != "pulls":
        return replace(state, stored=stored, total=total)
    reviews = int(within(moments(tables.reviews["submitted_at"]), window).sum())
    return replace(state, stored=stored, total=total, parts={"reviews" if reviews != 1 else "review": reviews})


def app_token(task: AppToken) -> str:
    """Sign a JWT for the App; raises ValueError for a key that cannot sign."""
    return App(task.client_id, task.private_key).jwt(task.now)


def warm(_task: None) -> None:
    """Import everything and draw once, so that the first question does not pay for it."""
    from reports.warmup import draw_once  # noqa: PLC0415 - only a pool's process needs it

    draw_once()
