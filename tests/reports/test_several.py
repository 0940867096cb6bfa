"""Answers over several repositories: beside another one, or a whole organisation, as far as readers may see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analytics.filters import Filters
from analytics.terms import Terms
from analytics.window import BEGINNING, Window
from github.errors import Gone, Later
from reports import compute, whole
from reports.against import Against
from reports.answer import DatasetState
from reports.answering import Answered, answer
from reports.completeness import line
from reports.compute_task import Task
from reports.pool import Pool
from reports.question import Question
from reports.sentences import HOSTED_ELSEWHERE
from reports.together import whole_organisation
from reports.walk import Progress
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.generate import generate
from sandbox.load import load as load_into
from sandbox.things import Repository as Loaded
from storage.installations import Repository, Visibility, save_repository
from tests.reports.reading import DAY, NOW, Town, town
from tests.services import services_on

EVERYTHING = Window(BEGINNING, NOW)
FORBIDDEN = '{"message": "Resource not accessible by integration"}'
LAMP = {"full_name": "acme/lamp"}


class PoolHere(Pool):
    """Computes in this process, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[Task] = []

    async def run(self, function: str, task: object) -> object:
        assert function == "answer"
        assert isinstance(task, Task)
        self.tasks.append(task)
        return compute.answer(task)


async def quiet(_: Progress) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def datasets() -> tuple[Dataset, Dataset]:
    largest = sorted(generate(5, NOW, months=6, scale=0.08), key=lambda one: len(one.pulls))
    return largest[-1], largest[-2]


@pytest.fixture
async def here(database_file: Path, datasets: tuple[Dataset, Dataset]) -> AsyncIterator[tuple[Town, Loaded]]:
    async with both(database_file, *datasets) as made:
        yield made


@asynccontextmanager
async def both(file: Path, first: Dataset, second: Dataset) -> AsyncIterator[tuple[Town, Loaded]]:
    """Yield a town with `acme/rocket`, whose second repository `acme/lamp` is stored, too, and not read yet."""
    async with town(file, first) as made:
        (lamp,) = load_into(made.world, [replace(second, repo=LAMP)])
        await keep(made, lamp)
        yield made, lamp


async def keep(here: Town, loaded: Loaded, visibility: Visibility = "public") -> None:
    stored = Repository(loaded.id, 51, "acme", loaded.name, visibility, "main")
    await here.store.write(lambda conn: save_repository(conn, stored))


def rocket(here: Town, visibility: Visibility = "public") -> Repository:
    return Repository(here.ref.id, 51, "acme", "rocket", visibility, "main")


def question(here: Town, *metrics: str, **more: Any) -> Question:
    return Question(metrics, more.pop("window", EVERYTHING), here.ref.id, "acme/rocket", **more)


def beside(lamp: Loaded) -> Against:
    return Against("repository", lamp.id, "acme/lamp")


async def ask(here: Town, asked: Question, visibility: Visibility = "public", **more: Any) -> tuple[Answered, Task]:
    """Ask, over what is stored of an organisation: which repositories these are is decided where it is asked."""
    pool, home = PoolHere(), rocket(here, visibility)
    if asked.whole_organisation:
        readable = await whole_organisation(here.store, home, more.get("asked_in") or home)
        asked = replace(asked, counted=tuple(one.id for one in readable))
    services = services_on(
        here.store, now=here.world.clock.now, pool=pool, github=here.github, picture_base="https://almanac.example.com"
    )
    found = await answer(services, here.github, home, asked, NOW, quiet, **more)
    return found, pool.tasks[-1]


def facts(found: Answered, place: int = 0) -> dict[str, Any]:
    return dict(found.answer.sections[place].now.facts)


async def test_beside_another_repository_the_other_side_is_its_same_period(
    here: tuple[Town, Loaded], datasets: tuple[Dataset, Dataset]
) -> None:
    made, lamp = here
    found, task = await ask(made, question(made, "pulls", against=beside(lamp)))
    (section,) = found.answer.sections
    assert section.now.facts["opened"] == len(datasets[0].pulls)
    assert section.before is not None
    assert section.before.facts["opened"] == len(datasets[1].pulls)
    assert section.comparisons
    assert task.other_states["pulls"].whole_history
    other = found.answer.completeness.other["pulls"]
    assert (other.stored, other.synced_at) == (len(datasets[1].pulls), made.world.clock.now())
    assert f"in acme/lamp: {len(datasets[1].pulls)} pull requests, " in line(found.answer)


async def test_a_window_of_the_other_repository_is_read_as_far_as_it_reaches(here: tuple[Town, Loaded]) -> None:
    made, lamp = here
    month = Window.last(30, NOW)
    found, _ = await ask(made, question(made, "pulls", window=month, against=beside(lamp)))
    opened = [one for one in lamp.pulls() if one.created_at >= f"{month.since:%Y-%m-%dT%H:%M:%SZ}"]
    before = found.answer.sections[0].before
    assert before is not None
    assert before.facts["opened"] == len(opened)
    assert not found.whole
    assert made.ref.id in found.unfinished


async def test_filters_hold_on_both_sides(here: tuple[Town, Loaded]) -> None:
    made, lamp = here
    label = next(label for one in lamp.pulls() for label in one.labels)
    asked = question(made, "pulls", against=beside(lamp), filters=Filters(labels=(label.upper(),)))
    section = (await ask(made, asked))[0].answer.sections[0]
    assert section.now.facts["opened"] == sum(label in one.labels for one in made.loaded.pulls())
    assert section.before is not None
    assert section.before.facts["opened"] == sum(label in one.labels for one in lamp.pulls()) > 0


async def test_what_the_other_does_not_show_is_unknown_there_and_named(here: tuple[Town, Loaded]) -> None:
    made, lamp = here
    await ask(made, question(made, "commits"))
    made.sandbox.faults.add(Fault(Match(operation="Commits"), "status", times=None, status=403, body=FORBIDDEN))
    found, _ = await ask(made, question(made, "commits", against=beside(lamp)))
    (section,) = found.answer.sections
    assert section.before is None
    assert section.now.facts["commits"]
    assert "in acme/lamp: commits not readable: " in line(found.answer)


async def test_pictures_beside_a_private_repository_are_not_hosted(here: tuple[Town, Loaded]) -> None:
    made, lamp = here
    await keep(made, lamp, "private")
    found, task = await ask(made, question(made, "pulls", against=beside(lamp)))
    assert not task.pictures
    assert found.links is None
    assert HOSTED_ELSEWHERE in found.answer.completeness.sentences


async def test_another_repository_that_is_gone_is_gone(here: tuple[Town, Loaded]) -> None:
    made, _ = here
    with pytest.raises(Gone, match="acme/nowhere"):
        await ask(made, question(made, "pulls", against=Against("repository", 404, "acme/nowhere")))


async def test_a_whole_organisation_is_the_sum_of_its_repositories(
    here: tuple[Town, Loaded], datasets: tuple[Dataset, Dataset]
) -> None:
    made, lamp = here
    asked = question(made, "pulls", "issues", "commits", "authors", whole_organisation=True)
    found, task = await ask(made, asked)
    assert set(task.together) == {made.ref.id, lamp.id}
    pulls, issues, commits, authors = (facts(found, place) for place in range(4))
    assert pulls["opened"] == sum(len(one.pulls) for one in datasets)
    assert issues["opened"] == sum(len(one.issues) for one in datasets)
    assert commits["commits"] == sum(len(one.commits) for one in datasets)
    alone = [facts((await ask(made, question(made, "authors")))[0])["authors_n"]]
    assert authors["authors_n"] >= max(alone), "somebody in both is one person"
    assert "over 2 repositories of acme, public ones only" in found.answer.completeness.sentences
    states = found.answer.completeness.datasets
    assert states["pulls"].stored == sum(len(one.pulls) for one in datasets)
    assert found.whole


@pytest.mark.parametrize(("asked_in", "count"), [("public", 1), ("internal", 1), ("private", 1)])
async def test_readers_of_a_thread_see_no_private_repository_in_the_sum(
    here: tuple[Town, Loaded], asked_in: Visibility, count: int, datasets: tuple[Dataset, Dataset]
) -> None:
    made, lamp = here
    await keep(made, lamp, "private")
    found, task = await ask(made, question(made, "pulls", whole_organisation=True), asked_in)
    assert task.together == (made.ref.id,)
    assert facts(found)["opened"] == len(datasets[0].pulls)
    assert f"over {count} repository of acme" in " ".join(found.answer.completeness.sentences)
    assert task.pictures == (asked_in == "public")


async def test_the_readers_are_those_of_the_thread_not_of_the_repository_that_is_asked_about(
    here: tuple[Town, Loaded],
) -> None:
    made, lamp = here
    await keep(made, lamp, "internal")
    asked = question(made, "pulls", whole_organisation=True)
    assert (await ask(made, asked, "public"))[1].together == (made.ref.id,)
    inside = Repository(lamp.id, 51, "acme", "lamp", "internal", "main")
    assert set((await ask(made, asked, "public", asked_in=inside))[1].together) == {made.ref.id, lamp.id}


async def test_another_installations_organisation_is_public_to_the_readers_of_a_thread(
    here: tuple[Town, Loaded],
) -> None:
    """Asked with in=: a private thread of one organisation does not open the internal repositories of another."""
    made, lamp = here
    await keep(made, lamp, "internal")
    elsewhere = Repository(404, 52, "other", "vault", "private", "main")
    found, task = await ask(made, question(made, "pulls", whole_organisation=True), asked_in=elsewhere)
    assert task.together == (made.ref.id,)
    assert "over 1 repository of acme, public ones only" in found.answer.completeness.sentences


async def test_a_repository_that_is_gone_is_left_out_and_said(
    here: tuple[Town, Loaded], datasets: tuple[Dataset, Dataset]
) -> None:
    made, lamp = here
    made.world.delete_repository(lamp)
    found, _ = await ask(made, question(made, "pulls", whole_organisation=True))
    assert facts(found)["opened"] == len(datasets[0].pulls)
    assert "1 repository could not be read and is left out" in found.answer.completeness.sentences


async def test_who_must_wait_for_one_repository_waits_for_all(here: tuple[Town, Loaded]) -> None:
    made, _ = here
    limited = '{"message": "API rate limit exceeded"}'
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": "1795337999"}
    made.sandbox.faults.add(Fault(Match(operation="Pulls"), "status", status=403, body=limited, headers=headers))
    with pytest.raises(Later):
        await ask(made, question(made, "pulls", whole_organisation=True))


def test_a_hundred_repositories_are_taken_as_they_are() -> None:
    many = [Repository(number, 51, "acme", f"r{number}", "public", "main") for number in range(whole.MOST)]
    assert whole.bounded(many, many[0], {}) == many


def test_of_many_repositories_those_count_that_were_pushed_to_last() -> None:
    many = [Repository(number, 51, "acme", f"r{number}", "public", "main") for number in range(1, 6)]
    pushed = {2: NOW - DAY, 5: NOW, 3: NOW - 2 * DAY}
    assert [one.id for one in whole.most_active(many, many[3], pushed)] == [4, 5, 2, 3, 1]


def test_together_they_are_as_complete_as_the_least_complete() -> None:
    good = DatasetState("pulls", 0, total=5, synced_at=NOW, whole_history=True)
    old = replace(good, total=7, synced_at=NOW - DAY, covered_since=NOW - 90 * DAY, whole_history=False)
    refused = DatasetState("pulls", 0, error="no")
    assert whole.combined([good, old]) == DatasetState(
        "pulls", 0, total=12, synced_at=NOW - DAY, covered_since=NOW - 90 * DAY
    )
    assert whole.combined([good, replace(old, total=None)]).total is None
    assert whole.combined([good, replace(old, synced_at=None)]).synced_at is None
    assert not whole.combined([good, refused]).whole_history
    assert whole.combined([good, refused]).error is None
    assert whole.combined([refused, refused]).error == "no"


async def test_the_terms_reach_the_worker(here: tuple[Town, Loaded]) -> None:
    made, _ = here
    terms = Terms(people="anonymous", language="de")
    found, task = await ask(made, question(made, "authors"), terms=terms)
    assert task.terms == terms
    logins = [row["login"] for row in found.answer.sections[0].now.tables["people"].records()]
    assert logins
    assert all(str(login).startswith("person ") for login in logins)
