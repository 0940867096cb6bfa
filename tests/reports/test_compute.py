"""What a pool's worker does: load, measure in both windows, say, draw, count; the same task gives the same answer."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from analytics.metrics import all_metrics
from analytics.window import BEGINNING, Window
from analytics.words import span
from reports import compute, when
from reports.answer import DatasetState
from reports.completeness import line
from reports.compute_task import Task
from reports.markdown import comparison
from reports.question import Question
from reports.room import Room
from sandbox.clock import parse_iso
from sandbox.dataset import Dataset
from sandbox.generate import generate
from tests.reports.reading import DAY, NOW, town


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=6, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture
async def task(database_file: Path, dataset: Dataset) -> Task:
    """A question about the last 30 days of a repository that is stored whole."""
    async with town(database_file, dataset) as here:
        marks = await here.bring(BEGINNING, "pulls", "issues", "commits")
        states = {
            name: DatasetState(name, 0, synced_at=NOW, whole_history=mark.whole_history) for name, mark in marks.items()
        }
        question = Question(tuple(all_metrics()), Window.last(30, NOW), here.ref.id, "acme/rocket")
        return Task(here.store.url, question, NOW, states, pictures=False)


def asking(task: Task, *metrics: str, window: Window | None = None) -> Task:
    chosen = replace(task.question, metrics=metrics, window=window or task.question.window)
    return replace(task, question=chosen)


def within(rows: list[dict[str, object]], name: str, window: Window) -> int:
    moments = [parse_iso(str(row[name])) for row in rows if row[name]]
    return sum(moment in window for moment in moments)


def test_sections_come_in_the_order_they_were_asked_for(task: Task) -> None:
    answer = compute.answer(asking(task, "issues", "pulls"))

    assert [section.metric for section in answer.sections] == ["issues", "pulls"]
    assert answer.as_of == NOW
    for section in answer.sections:
        assert section.title == all_metrics()[section.metric].title
        assert section.definition
        assert section.finding


def test_both_periods_are_measured_from_the_stored_rows(task: Task, dataset: Dataset) -> None:
    window = task.question.window
    (section,) = compute.answer(asking(task, "pulls")).sections

    assert section.now.facts["opened"] == within(dataset.pulls, "created_at", window)
    assert section.before is not None
    assert section.before.facts["opened"] == within(dataset.pulls, "created_at", window.previous())
    assert section.comparisons


def test_what_waits_stands_under_moments_also_beside_a_metric_of_a_period(task: Task) -> None:
    both = compute.answer(asking(task, "pulls", "waiting"))
    heads = [comparison(section, both, Room(10)).splitlines()[0] for section in both.sections]
    assert heads == ["|   | last 30 days | before |   |", "|   | now | 30 d ago |"]
    assert span(both.question.window) in line(both)
    alone = compute.answer(asking(task, "waiting"))
    assert span(alone.question.window) not in line(alone)
    over = compute.answer(asking(task, "waiting", window=Window(NOW - 60 * DAY, NOW - 40 * DAY - DAY / 24)))
    assert when.moment(over.question.window.until, NOW) in line(over)


def test_nothing_was_before_everything(task: Task, dataset: Dataset) -> None:
    (section,) = compute.answer(asking(task, "pulls", window=Window(BEGINNING, NOW))).sections

    assert section.before is None
    assert section.comparisons == ()
    assert section.now.facts["opened"] == len(dataset.pulls)


def test_pictures_of_the_whole_history_begin_where_the_line_below_says(task: Task, dataset: Dataset) -> None:
    answer = compute.answer(replace(asking(task, "pulls", window=Window(BEGINNING, NOW)), specs=True))
    first = min(str(pull["created_at"]) for pull in dataset.pulls)[:10]
    (chart, *_) = answer.sections[0].pictures
    assert f"{first} to {NOW:%Y-%m-%d} UTC" in str(chart.spec)
    assert f"{first} to {NOW:%Y-%m-%d} UTC" in line(answer)


def test_what_happens_at_the_end_or_later_is_unknown(task: Task, dataset: Dataset) -> None:
    """Half of the history asked about as if it were all there is."""
    until = NOW - 40 * DAY
    (section,) = compute.answer(asking(task, "issues", window=Window(BEGINNING, until))).sections

    assert section.now.facts["opened"] == within(dataset.issues, "created_at", Window(BEGINNING, until))


def test_without_pictures_their_text_stands_for_them(task: Task) -> None:
    (section,) = compute.answer(asking(task, "overview")).sections

    assert section.pictures
    for shown in section.pictures:
        assert (shown.light, shown.dark) == (b"", b"")
        assert shown.alt
        assert shown.text


def test_with_pictures_both_themes_are_drawn(task: Task) -> None:
    (section,) = compute.answer(replace(asking(task, "time-to-merge"), pictures=True, most_pictures=1)).sections

    (shown,) = section.pictures
    assert shown.light.startswith(b"\x89PNG")
    assert shown.dark.startswith(b"\x89PNG")
    assert shown.light != shown.dark
    assert shown.kind.islower()


def test_the_same_task_gives_the_same_answer_to_the_byte(task: Task) -> None:
    drawn = replace(asking(task, "overview"), pictures=True)
    assert compute.answer(drawn) == compute.answer(drawn)


def test_task_and_answer_travel_between_processes(task: Task) -> None:
    answer = compute.answer(task)

    assert pickle.loads(pickle.dumps(task)) == task
    assert pickle.loads(pickle.dumps(answer)) == answer


def test_completeness_counts_the_rows_that_the_window_rests_on(task: Task, dataset: Dataset) -> None:
    window = task.question.window
    states = compute.answer(task).completeness.datasets

    def alive(rows: list[dict[str, object]]) -> int:
        return sum(
            parse_iso(str(row["created_at"])) < window.until
            and not (ended(row) is not None and ended(row) < window.since)  # type: ignore[operator]
            for row in rows
        )

    def ended(row: dict[str, object]) -> datetime | None:
        moment = row["closed_at"] or row.get("merged_at")
        return parse_iso(str(moment)) if moment else None

    assert states["pulls"].stored == alive(dataset.pulls)
    assert states["pulls"].parts == {"reviews": within(dataset.reviews, "submitted_at", window)}
    assert states["issues"].stored == alive(dataset.issues)
    assert states["commits"].stored == within(dataset.commits, "committer_date", window)
    assert all(state.complete and state.synced_at == NOW for state in states.values())


def test_one_review_is_counted_in_the_singular(task: Task, dataset: Dataset) -> None:
    first = min(parse_iso(str(row["submitted_at"])) for row in dataset.reviews if row["submitted_at"])
    answer = compute.answer(asking(task, "pulls", window=Window(first, first.replace(microsecond=1))))
    assert answer.completeness.datasets["pulls"].parts == {"review": 1}


def test_an_empty_repository_is_answered_too(task: Task) -> None:
    nowhere = replace(task, question=replace(task.question, repository_id=404))
    answer = compute.answer(nowhere)

    assert [section.metric for section in answer.sections] == list(all_metrics())
    assert all(state.stored == 0 for state in answer.completeness.datasets.values())


def test_a_first_contribution_is_only_spoken_of_with_all_history(task: Task) -> None:
    known = compute.answer(asking(task, "authors")).sections[0].now.facts["new_authors_n"]
    partly = {name: replace(state, whole_history=False) for name, state in task.states.items()}
    unknown = compute.answer(replace(asking(task, "authors"), states=partly)).sections[0].now.facts["new_authors_n"]

    assert known is not None
    assert unknown is None


def test_a_fresh_worker_warms_up_without_a_database() -> None:
    compute.warm(None)
