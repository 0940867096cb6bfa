"""Where owners do not want persons named, no name of a person leaves a worker: not in a cell, a sentence, a picture."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.actors import KNOWN_AIS, KNOWN_BOTS, Actor, ActorKind
from analytics.metrics import all_metrics
from analytics.people import NUMBERED
from analytics.rows import CommitRow
from analytics.tables import CAPTURED
from analytics.terms import People, Terms
from analytics.window import BEGINNING, Window
from reports import compute
from reports.against import Against
from reports.answer import Answer, DatasetState
from reports.compute_task import Task
from reports.markdown import comment
from reports.question import Question
from sandbox.dataset import Dataset
from sandbox.generate import generate
from storage import activity
from storage.engine import Store
from storage.installations import Repository, save_repository
from storage.loading import load
from tests.reports.reading import DAY, NOW, town
from tests.storage.ask import write

METRICS = tuple(name for name, metric in all_metrics().items() if not metric.needs & CAPTURED)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=6, scale=0.1), key=lambda one: len(one.pulls))


@pytest.fixture
async def task(database_file: Path, dataset: Dataset) -> Task:
    """A question about everything, in which every metric that can be asked is asked."""
    async with town(database_file, dataset) as here:
        needed = frozenset[str]().union(*(all_metrics()[name].needs for name in METRICS))
        marks = await here.bring(BEGINNING, *needed)
        states = {name: DatasetState(name, 0, synced_at=NOW, whole_history=True) for name in marks}
        question = Question(METRICS, Window(BEGINNING, NOW), here.ref.id, "acme/rocket")
        return Task(here.store.url, question, NOW, states, pictures=False)


def persons(task: Task) -> set[str]:
    """Return the logins of every person in the tables."""
    tables = load(task.database, task.question.repository_id, ["firsts"], None, NOW)
    actors, kinds = tables["firsts"]["actor"], tables["firsts"]["actor_kind"]
    pairs = zip(actors.codes.tolist(), kinds.codes.tolist(), strict=True)
    return {actors.names[code] for code, kind in pairs if kinds.names[kind] in ("person", "email")}


def answered(task: Task, people: People) -> Answer:
    return compute.answer(replace(task, terms=Terms(people=people)))


def said(answer: Answer) -> str:
    """Return all that an answer holds, as bytes between processes hold it and as a comment says it."""
    return pickle.dumps(answer).decode("latin-1") + comment(answer, picture_urls=None, key=None)


def named(answer: Answer, logins: set[str]) -> set[str]:
    text = said(answer).lower()
    return {login for login in logins if len(login) > 3 and login.lower() in text}


def test_names_are_there_where_they_may_be(task: Task) -> None:
    """Or the tests below would see nothing."""
    assert len(named(answered(task, "names"), persons(task))) > 5


def test_numbered_persons_have_no_name_anywhere(task: Task) -> None:
    answer = answered(task, "anonymous")
    assert named(answer, persons(task)) == set()
    assert "person 1" in said(answer)


def test_hidden_persons_have_not_even_a_number(task: Task) -> None:
    answer = answered(task, "hidden")
    assert named(answer, persons(task)) == set()
    assert NUMBERED.search(said(answer)) is None
    assert all(section.finding for section in answer.sections)


@pytest.mark.parametrize("people", ["anonymous", "hidden"])
def test_no_figure_changes_with_the_names(task: Task, people: People) -> None:
    plain, other = answered(task, "names"), answered(task, people)
    for before, after in zip(plain.sections, other.sections, strict=True):
        numbers = {key: value for key, value in before.now.facts.items() if not isinstance(value, str)}
        assert {key: after.now.facts[key] for key in numbers} == numbers, before.metric


def test_bots_keep_their_names(task: Task) -> None:
    text = said(answered(task, "anonymous")).lower()
    assert [login for login in KNOWN_BOTS | KNOWN_AIS if login in text]


async def test_beside_another_repository_a_number_means_one_person(store: Store) -> None:
    """Opal and topaz commit to harbour, beryl and topaz, of whom beryl came first, to quay."""
    beryl, opal, topaz = (Actor(login, ActorKind.PERSON) for login in ("beryl", "opal", "topaz"))
    for number, name, people in ((7, "harbour", (opal, topaz)), (8, "quay", (beryl, topaz))):
        await write(store, save_repository, Repository(number, 1, "quartz", name, "public", "main"))
        dates = [NOW - DAY * (9 - place) for place in range(len(people))]
        rows = [
            CommitRow(f"{number}{place:039x}", who, at, at, 1, 1, 1)
            for place, (who, at) in enumerate(zip(people, dates, strict=True))
        ]
        await write(store, activity.save_commits, number, rows)
    against = Against("repository", 8, "quartz/quay")
    question = Question(("authors",), Window.last(30, NOW), 7, "quartz/harbour", against=against)
    states = {name: DatasetState(name, 0, synced_at=NOW, whole_history=True) for name in ("pulls", "issues", "commits")}
    asked = Task(store.url, question, NOW, states, pictures=False, terms=Terms(people="anonymous"), other_states=states)
    (section,) = compute.answer(asked).sections
    assert section.before is not None
    here, there = ({row["login"] for row in side.tables["people"].records()} for side in (section.now, section.before))
    assert here == {"person 1", "person 2"}
    assert there == {"person 2", "person 3"}
