"""Traffic in the pool: loaded only for who may see it, over the repositories that were chosen, and never made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.metric import Measured, Scene
from analytics.metrics import all_metrics
from analytics.tables import Tables
from analytics.traffic import Count
from analytics.window import Window
from reports import compute, compute_tables
from reports.against import Against
from reports.answer import DatasetState
from reports.compute_task import Task
from reports.markdown import comment
from reports.question import Question
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository
from storage.traffic import save_days

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FIRST = date(2026, 11, 1)
BESIDE = Against("repository", 8, "acme/comet")
READ = ("pulls", "issues", "commits")
WINDOW = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
async def task(store: Store) -> Task:
    """Three repositories with twenty days of 10, 100 and 1,000 views each."""

    async def keep(conn: Connection) -> None:
        await save_installation(conn, Installation(51, "acme", 3, "Organization"))
        for number, name, views in ((7, "rocket", 10), (8, "comet", 100), (9, "vault", 1000)):
            await save_repository(conn, Repository(number, 51, "acme", name, "public", "main"))
            days = {FIRST + timedelta(days=day): Count(views, 3) for day in range(20)}
            await save_days(conn, number, "views", days, None)
            await save_days(conn, number, "clones", days, None)

    await store.write(keep)
    states = {name: DatasetState(name, 0, synced_at=NOW, whole_history=True) for name in READ}
    captured = {name: DatasetState(name, 0, synced_at=NOW) for name in ("traffic", "org-traffic")}
    question = Question(("traffic",), WINDOW, 7, "acme/rocket", sees_traffic=True)
    return Task(store.url, question, NOW, {**states, **captured}, pictures=False)


def asking(task: Task, *metrics: str, **changes: object) -> Task:
    needed = {"overview": READ, "traffic": ("traffic",), "org-traffic": ("org-traffic",)}
    states = {name: task.states[name] for metric in metrics for name in needed[metric]}
    return replace(task, states=states, question=replace(task.question, metrics=metrics, **changes))  # type: ignore[arg-type]


def test_the_days_of_the_window_are_counted(task: Task) -> None:
    answer = compute.answer(task)
    assert answer.sections[0].now.facts["views"] == 200
    assert answer.completeness.datasets["traffic"].stored == 20


def test_an_overview_loads_traffic_only_for_who_may_see_it(task: Task) -> None:
    """Not in a fact, not in a table, not in a picture: what is not loaded cannot get out."""
    for_push = compute.answer(asking(task, "overview"))
    assert for_push.sections[0].now.facts["traffic.views"] == 200
    for_others = asking(task, "overview", sees_traffic=False)
    answer = compute.answer(for_others)
    assert not [key for key in answer.sections[0].now.facts if key.startswith("traffic")]
    assert "views" not in comment(answer, picture_urls=None, key=None).lower().replace("reviews", "")
    tables = compute_tables.loaded(for_others, [all_metrics()["overview"]]).asked
    assert len(tables.traffic_days) == 0


def test_only_the_chosen_repositories_are_counted(task: Task) -> None:
    answer = compute.answer(asking(task, "org-traffic", repositories=(7, 8)))
    assert answer.sections[0].now.facts["views"] == 2200
    assert answer.completeness.datasets["org-traffic"].stored == 40
    assert "vault" not in comment(answer, picture_urls=None, key=None)


def test_what_is_pending_is_no_zero(task: Task) -> None:
    why = "No traffic has been captured yet. The first capture is due by 2026-11-23."
    pending = replace(task, states={"traffic": DatasetState("traffic", 0, pending=why)})
    (section,) = compute.answer(pending).sections
    assert section.finding == why
    assert set(section.now.facts.values()) == {None}
    assert (section.comparisons, section.pictures) == ((), ())
    body = comment(compute.answer(pending), picture_urls=None, key=None)
    assert body.startswith("**No traffic has been captured yet.** The first capture is due by 2026-11-23.")
    assert "no rows" not in body


def test_the_answer_says_how_to_get_the_same_again(task: Task) -> None:
    body = comment(compute.answer(task), picture_urls=None, key=None)
    assert "/analytics traffic 2026-11-01..2026-11-20\n" in body
    assert "python -m bot export traffic acme/rocket --since 2026-11-01 --until 2026-11-21 --format csv" in body
    assert "bot report" not in body


def test_workflow_runs_reach_the_metric(task: Task) -> None:
    span = (FIRST, FIRST + timedelta(days=20))
    answer = compute.answer(replace(task, workflow_runs={span: 50}))
    assert answer.sections[0].now.facts["workflow_runs"] == 50
    assert answer.sections[0].now.facts["clones_explained_share"] == 0.25


def test_beside_another_repository_traffic_has_no_other_side(task: Task) -> None:
    """Nobody asked whether its traffic may be seen."""
    (section,) = compute.answer(asking(task, "traffic", against=BESIDE)).sections
    assert (section.before, section.comparisons) == (None, ())
    assert section.now.facts["views"] == 200


def test_what_is_measured_of_another_repository_is_told_that_its_traffic_is_not_seen(task: Task) -> None:
    told: list[Scene] = []

    def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
        told.append(scene)
        return Measured({})

    metric = replace(all_metrics()["overview"], measure=measure)
    runs = {(FIRST, FIRST + timedelta(days=20)): 3}
    beside = replace(asking(task, "overview", against=BESIDE), workflow_runs=runs)
    compute.earlier(metric, Tables.of(), beside, compute.scene_of(metric, beside))
    compute.earlier(metric, Tables.of(), asking(task, "overview"), compute.scene_of(metric, beside))
    assert [(one.sees_traffic, bool(one.workflow_runs)) for one in told] == [(False, False), (True, True)]
