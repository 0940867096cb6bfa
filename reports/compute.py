"""Load frames, measure and draw: the work of a pool's process, never of the server's own."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.charts.vector import render_svg
from analytics.metric import Measured, Metric, Scene
from analytics.metrics import all_metrics
from analytics.moments import moments, within
from analytics.people import HIDDEN, hidden_measured, hidden_text, shows_nobody
from analytics.refused import finding as refusal
from analytics.refused import unknown
from analytics.tables import CAPTURED, DATASET_TABLES, Tables
from analytics.window import Window
from analytics.words import plural, speaking
from github.auth import App
from reports.answer import Answer, Completeness, DatasetState, PictureData, Section
from reports.app_token import AppToken
from reports.compute_tables import Loaded, loaded
from reports.compute_task import Drawing, Task
from reports.digest_task import RepositoriesFound, RepositoriesTask, UnusualDay, UnusualTask
from reports.rows_counted import began, first_in, rows_in
from reports.slope import slope
from reports.speaking_task import SpeakingTask, Spoken
from storage.loading import count
from storage.own_reports import count_own_reports


def answer(task: Task) -> Answer:
    """Answer the task's question from what is stored, with numbers and days as its owners' language writes them."""
    question = task.question
    metrics = [all_metrics()[name] for name in question.metrics]
    tables = loaded(task, metrics)
    with speaking(task.terms.language):
        sections = tuple(section(metric, tables, task) for metric in metrics)
        if question.compare:
            sections = with_slope(sections, task)
    return Answer(
        question, task.now, sections, replace(completeness(task, tables.asked), other=elsewhere(task, tables))
    )


def section(metric: Metric, tables: Loaded, task: Task) -> Section:
    """Measure one metric on both sides, say what it found, draw it; what GitHub refuses to show is unknown."""
    question = task.question
    known = [name for name, one in task.states.items() if name in metric.needs and not one.error and not one.pending]
    scene = replace(scene_of(metric, task), began=began(known, tables.asked, question.window))
    now = metric.measure(tables.asked, question.window, scene)
    before = earlier(metric, tables.other, task, scene)
    described = Section(
        metric.name, metric.title, metric.definition, "", (), now, before,
        labels=metric.labels, of_a_moment=metric.of_a_moment,
    )  # fmt: skip
    pending = [state.pending for name, state in sorted(task.states.items()) if name in metric.needs and state.pending]
    if metric.needs & scene.refused and not metric.leaves_out_refused:
        pending = [refusal(metric, scene)]
    if pending:
        return replace(described, finding=pending[0], now=unknown(now), before=before and unknown(before))
    said = replace(
        described,
        finding=metric.finding(now, before, scene),
        comparisons=metric.compare(now, before, scene) if before is not None else (),
    )
    charts = metric.charts(now, scene)
    if task.terms.people == "hidden":
        said, charts = hidden(said), tuple(chart for chart in charts if shows_nobody(chart))
    return replace(said, pictures=tuple(wanted(chart, task) for chart in charts[: task.most_pictures]))


def scene_of(metric: Metric, task: Task) -> Scene:
    """Return what a metric is told of the question besides the tables and the window."""
    question = task.question
    return Scene(
        name_of(task),
        question.window,
        task.now,
        whole(task.states),
        refused(task.states),
        question.seed,
        sees_traffic=question.sees_traffic or metric.audience == "push",
        workflow_runs=task.workflow_runs,
        against=question.against.spoken,
        exposure=question.window.length / question.previous.length if question.previous else 1.0,
        terms=task.terms,
        on_page=task.specs,
    )


def name_of(task: Task) -> str:
    """Return what the figures are over: `owner/name`, or `owner (12 repositories)`."""
    question = task.question
    if not question.whole_organisation:
        return question.repository
    owner, _, _ = question.repository.partition("/")
    return f"{owner} ({plural(len(task.together), 'repository', 'repositories')})"


def earlier(metric: Metric, tables: Tables, task: Task, scene: Scene) -> Measured | None:
    """Measure what the answer compares with; None where there is nothing that it may be compared with."""
    question = task.question
    if question.previous is None:
        return None
    there = replace(scene, window=question.previous)
    if question.against.kind == "repository":
        if metric.needs & CAPTURED or metric.needs & refused(task.other_states):
            return None
        there = replace(
            there,
            repository=question.against.repository,
            whole_history=whole(task.other_states),
            refused=refused(task.other_states),
            sees_traffic=False,
            workflow_runs={},
        )
    return metric.measure(tables, question.previous, there)


def whole(states: Mapping[str, DatasetState]) -> frozenset[str]:
    """Return the datasets whose whole history is stored."""
    return frozenset(name for name, state in states.items() if state.whole_history)


def refused(states: Mapping[str, DatasetState]) -> frozenset[str]:
    """Return the datasets that GitHub does not show."""
    return frozenset(name for name, state in states.items() if state.error)


def hidden(said: Section) -> Section:
    """Return a section in which nobody is named; where nothing else was found, that persons are not shown."""
    rows = tuple(row for row in said.comparisons if hidden_text(row.label) and hidden_text(f"{row.now} {row.before}"))
    return replace(
        said,
        finding=hidden_text(said.finding) or f"{HIDDEN}.",
        comparisons=rows,
        now=hidden_measured(said.now),
        before=said.before and hidden_measured(said.before),
    )


def with_slope(sections: Sequence[Section], task: Task) -> tuple[Section, ...]:
    """Return the sections with a picture of both sides, of all that was compared, before the first one's own."""
    chart = slope(name_of(task), task.question, task.now, [row for one in sections for row in one.comparisons])
    if chart is None:
        return tuple(sections)
    first, *others = sections
    shown = (wanted(chart, task), *first.pictures)
    return (replace(first, pictures=shown[: task.most_pictures]), *others)


def wanted(chart: Chart, task: Task) -> PictureData:
    """Return a chart in the forms that a task asks for."""
    return picture(chart, drawn=task.pictures, specified=task.specs, vector=task.svgs)


def picture(chart: Chart, *, drawn: bool, specified: bool = False, vector: bool = False) -> PictureData:
    """Return a chart as text, and as much more as is asked for: pictures, a specification for pages, a light SVG."""
    light, dark = (render(chart, "light"), render(chart, "dark")) if drawn else (b"", b"")
    return PictureData(
        light,
        dark,
        chart.alt,
        chart.text(),
        type(chart).__name__.lower(),
        chart.spec() if specified else None,
        render_svg(chart, "light") if vector else b"",
        pickle.dumps(chart) if specified else b"",
    )


def draw(task: Drawing) -> tuple[PictureData, ...]:
    """Draw charts of an answer as it was computed: nothing is read anew, so that no picture knows of newer rows."""
    # what a worker of ours has packed, and only this server has kept in its memory
    charts: list[Chart] = [pickle.loads(one) for one in task.charts]  # noqa: S301
    with speaking(task.language):
        return tuple(picture(one, drawn=task.form == "png", vector=task.form == "svg") for one in charts)


def completeness(task: Task, tables: Tables) -> Completeness:
    """Count what the answer rests on: the rows that were opened, ended or open in the window."""
    of, window = task.together or (task.question.repository_id,), task.question.window
    return Completeness({name: counted(state, task, of, window, tables) for name, state in task.states.items()})


def elsewhere(task: Task, tables: Loaded) -> dict[str, DatasetState]:
    """Count what the other side rests on, where that is another repository."""
    against, window = task.question.against, task.question.previous
    if against.kind != "repository" or window is None:
        return {}
    of = (against.repository_id,)
    return {name: counted(state, task, of, window, tables.other) for name, state in task.other_states.items()}


def counted(state: DatasetState, task: Task, of: Sequence[int], window: Window, tables: Tables) -> DatasetState:
    """Return the state of a dataset of some repositories with its rows in the window; on a refused one nothing rests.

    Where GitHub said how many rows there are in all, those that are missing may each belong to the window.
    """
    if state.error or state.pending:
        return replace(state, stored=0, total=None)
    stored = rows_in(state.dataset, tables, window)
    if window.whole:
        state = replace(state, first=first_in(state.dataset, tables, window))
    total = None
    if state.total is not None:
        kept = count(task.database, of, DATASET_TABLES[state.dataset][0])
        total = stored + max(0, state.total - kept)
    if state.dataset == "issues":
        begin = None if window.whole else window.since
        own = count_own_reports(task.database, of, begin, window.until, task.question.filters)
        left_out = {f"{'report' if own == 1 else 'reports'} of Almanac left out": own} if own else {}
        return replace(state, stored=stored, total=total, parts=left_out)
    if state.dataset != "pulls":
        return replace(state, stored=stored, total=total)
    reviews = int(within(moments(tables.reviews["submitted_at"]), window).sum())
    return replace(state, stored=stored, total=total, parts={"reviews" if reviews != 1 else "review": reviews})


def app_token(task: AppToken) -> str:
    """Sign a JWT for the App; raises ValueError for a key that cannot sign."""
    return App(task.client_id, task.private_key).jwt(task.now)


def spoken(task: SpeakingTask) -> Spoken:
    """Say what there is to say of an event that nobody has asked about."""
    from reports.speaking_compute import spoken as said  # noqa: PLC0415 - it takes `completeness` from here

    return said(task)


def unusual(task: UnusualTask) -> tuple[UnusualDay, ...]:
    """Return the days of a period that stand out."""
    from reports.digest_compute import unusual as found  # noqa: PLC0415 - it takes `picture` from here

    return found(task)


def repositories(task: RepositoriesTask) -> RepositoriesFound:
    """Measure each repository of an organisation by itself."""
    from reports.digest_compute import repositories as measured  # noqa: PLC0415 - as above

    return measured(task)


def warm(_task: None) -> None:
    """Import everything and draw once, so that the first question does not pay for it."""
    from reports.warmup import draw_once  # noqa: PLC0415 - only a pool's process needs it

    draw_once()
