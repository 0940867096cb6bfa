"""What is refused is published as unknown, and what is missing is counted against what GitHub says there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.actors import Actor, ActorKind
from analytics.metrics import all_metrics
from analytics.rows import CommitRow, IssueRow
from analytics.window import BEGINNING, Window
from reports import compute
from reports.answer import Answer, DatasetState
from reports.compute_task import Task
from reports.export import as_csv
from reports.markdown import comment
from reports.question import Question
from storage import activity
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, save_installation, save_repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
OPAL = Actor("opal-newt", ActorKind.PERSON)
WHY = "Resource not accessible by integration (it needs the permission contents=read)"


def issue(number: int, at: datetime) -> IssueRow:
    return IssueRow(number, "Water", OPAL, at, at, at, None, 0, None, None)


@pytest.fixture
async def task(store: Store) -> Task:
    """Three issues, one of them older than everything; one commit."""

    async def keep(connection: Connection) -> None:
        await save_installation(connection, Installation(1, "quartz", 1, "Organization"))
        await save_repository(connection, Repository(7, 1, "quartz", "harbour", "public", "main"))
        rows = [issue(1, NOW - DAY), issue(2, NOW - 50 * DAY), issue(3, datetime(1969, 6, 1, tzinfo=UTC))]
        await activity.save_issues(connection, 7, rows)
        await activity.save_commits(connection, 7, [CommitRow("a" * 40, OPAL, NOW - DAY, NOW - DAY, 1, 1, 1)])

    await store.write(keep)
    read = ("pulls", "issues", "commits")
    metrics = tuple(name for name, metric in all_metrics().items() if metric.needs <= set(read))
    question = Question(metrics, Window.last(30, NOW), 7, "quartz/harbour")
    states = {name: DatasetState(name, 0, synced_at=NOW, whole_history=True) for name in read}
    return Task(store.url, question, NOW, states, pictures=False)


def refusing(task: Task, *names: str) -> Answer:
    states = {name: replace(state, error=WHY if name in names else None) for name, state in task.states.items()}
    return compute.answer(replace(task, states=states))


def test_a_metric_that_needs_a_refused_dataset_is_unknown(task: Task) -> None:
    sections = {section.metric: section for section in refusing(task, "commits").sections}
    for name in ("commits", "authors"):
        section = sections[name]
        assert section.before is not None
        assert {*section.now.facts.values(), *section.before.facts.values()} == {None}
        assert not any(grid.rows for grid in section.now.tables.values())
        assert (section.comparisons, section.pictures) == ((), ())
        assert section.finding.startswith("Commits are unknown: GitHub did not let the App read them")
    assert sections["issues"].now.facts["opened"] == 1
    assert sections["overview"].now.facts["commits.commits"] is None
    assert sections["overview"].now.facts["issues.opened"] == 1


def test_no_zero_stands_for_what_is_refused(task: Task) -> None:
    answer = refusing(task, "commits")
    assert "commits,\r\n" in as_csv(answer)["commits.facts"]
    said = comment(answer, picture_urls=None, key=None)
    assert "0 commits" not in said
    assert said.count("commits not readable: Resource not accessible by integration") == 1
    assert "not all of it synced yet" not in said


def test_everything_refused_is_answered_too(task: Task) -> None:
    answer = refusing(task, "pulls", "issues", "commits")
    assert {value for section in answer.sections for value in section.now.facts.values()} == {None}
    assert "synced" not in comment(answer, picture_urls=None, key=None).splitlines()[-1]


def test_what_is_missing_may_belong_to_the_window(task: Task) -> None:
    """Expected: three issues are stored, one of them in the window; GitHub says five."""
    states = {**task.states, "issues": replace(task.states["issues"], total=5)}
    state = compute.answer(replace(task, states=states)).completeness.datasets["issues"]
    assert (state.stored, state.total, state.complete) == (1, 3, False)


def test_rows_deleted_on_github_are_not_missing(task: Task) -> None:
    states = {**task.states, "issues": replace(task.states["issues"], total=2)}
    state = compute.answer(replace(task, states=states)).completeness.datasets["issues"]
    assert (state.stored, state.total, state.complete) == (1, 1, True)


def test_without_a_total_only_the_count_is_said(task: Task) -> None:
    state = compute.answer(task).completeness.datasets["issues"]
    assert (state.stored, state.total, state.complete) == (1, None, True)


def test_the_whole_history_holds_what_is_dated_before_1970(task: Task) -> None:
    question = replace(task.question, metrics=("issues",), window=Window(BEGINNING, NOW))
    answer = compute.answer(replace(task, question=question))
    assert answer.sections[0].now.facts["opened"] == 3
    assert answer.completeness.datasets["issues"].stored == 3
    assert answer.sections[0].now.tables["per_month"].rows[0][0] == "1969-06"
    assert answer.sections[0].before is None


def test_a_window_since_1970_and_a_day_does_not(task: Task) -> None:
    question = replace(task.question, metrics=("issues",), window=Window(BEGINNING + DAY, NOW))
    assert compute.answer(replace(task, question=question)).sections[0].now.facts["opened"] == 2


def test_facts_are_called_as_people_call_them(task: Task) -> None:
    question = replace(task.question, metrics=("review-matrix",), window=Window(BEGINNING, NOW))
    body = comment(compute.answer(replace(task, question=question)), picture_urls=None, key=None)
    assert "| people who reviewed |" in body
    assert "reviewers n" not in body
    assert "top1" not in body
