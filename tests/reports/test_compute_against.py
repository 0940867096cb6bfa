"""What an answer is compared with reaches the metrics, the table's head and the picture of both sides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analytics.metrics import all_metrics
from analytics.tables import READ_BY_FEW
from analytics.terms import Terms
from analytics.window import BEGINNING, Window
from reports import compute, compute_tables
from reports.against import Against, year_before
from reports.answer import DatasetState
from reports.compute_task import Task
from reports.question import Question
from sandbox.clock import parse_iso
from sandbox.dataset import Dataset
from sandbox.generate import generate
from tests.reports.reading import DAY, NOW, town

MONTH = Window.last(30, NOW)
SPRING = Window(NOW - 200 * DAY, NOW - 140 * DAY)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=18, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture
async def task(database_file: Path, dataset: Dataset) -> Task:
    async with town(database_file, dataset) as here:
        await here.bring(BEGINNING, "pulls", "issues", "commits")
        known = DatasetState("pulls", 0, synced_at=NOW, whole_history=True)
        states = {name: replace(known, dataset=name) for name in ("pulls", "issues", "commits")}
        question = Question(("pulls",), MONTH, here.ref.id, "acme/rocket")
        return Task(here.store.url, question, NOW, states, pictures=False)


def asking(task: Task, **changes: object) -> Task:
    return replace(task, question=replace(task.question, **changes))  # type: ignore[arg-type]


def opened(dataset: Dataset, window: Window) -> int:
    return sum(parse_iso(str(row["created_at"])) in window for row in dataset.pulls)


@pytest.mark.parametrize(
    ("against", "window"),
    [
        (Against(), MONTH.previous()),
        (Against("year"), Window(year_before(MONTH.since), year_before(MONTH.until))),
        (Against("window", window=SPRING), SPRING),
    ],
    ids=["previous", "year", "window"],
)
def test_the_tables_reach_back_to_what_the_question_compares_with(
    task: Task, dataset: Dataset, against: Against, window: Window
) -> None:
    (section,) = compute.answer(asking(task, against=against)).sections
    assert section.before is not None
    assert section.before.facts["opened"] == opened(dataset, window) > 0
    assert section.now.facts["opened"] == opened(dataset, MONTH)


def test_a_metric_is_told_what_it_is_compared_with_and_how_long_that_was(task: Task) -> None:
    scene = compute.scene_of(all_metrics()["pulls"], asking(task, against=Against("window", window=SPRING)))
    assert scene.against == "in the other period"
    assert scene.exposure == pytest.approx(0.5)
    assert compute.scene_of(all_metrics()["pulls"], task).exposure == 1


def test_a_comparison_begins_with_the_picture_of_both_sides(task: Task) -> None:
    compared = compute.answer(asking(task, metrics=("issues", "pulls"), compare=True)).sections
    plain = compute.answer(asking(task, metrics=("issues", "pulls"))).sections
    first, second = compared
    assert first.pictures[0].kind == "slope"
    assert first.pictures[1:] == plain[0].pictures
    assert second.pictures == plain[1].pictures
    for section in compared:
        for row in section.comparisons:
            if row.figures is not None:
                assert row.label in first.pictures[0].text


def test_with_one_picture_a_comparison_shows_both_sides(task: Task) -> None:
    (section,) = compute.answer(replace(asking(task, compare=True), most_pictures=1)).sections
    assert [one.kind for one in section.pictures] == ["slope"]


def test_nothing_is_compared_with_before_everything(task: Task) -> None:
    (section,) = compute.answer(asking(task, window=Window(BEGINNING, NOW), compare=True)).sections
    assert section.before is None
    assert "slope" not in {one.kind for one in section.pictures}


def test_tables_of_few_metrics_are_loaded_for_those_only(task: Task) -> None:
    metric = replace(all_metrics()["pulls"], reads=frozenset())
    for reads in (frozenset[str](), frozenset({"comments"}), READ_BY_FEW):
        names = compute_tables.tables_of({"pulls", "issues"}, [replace(metric, reads=reads)], task)
        assert READ_BY_FEW & set(names) == reads
        assert len(names) == len(set(names))


def test_numbers_are_written_as_in_the_owners_language(task: Task) -> None:
    english = asking(task, metrics=("pulls",))
    german = replace(english, terms=Terms(language="de"))
    said = [compute.answer(one).sections[0] for one in (german, english)]
    assert said[0].now.facts == said[1].now.facts
    assert said[0].pictures != said[1].pictures, "days are written the German way"
    assert compute.answer(english).sections[0] == said[1], "the language is that of one answer"
