"""From a question to its answer: what is missing is read, and pictures get addresses where they may be shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.metrics import all_metrics
from analytics.window import BEGINNING, Window
from github.errors import Later
from reports import compute
from reports.answer import Answer, PictureData
from reports.answering import Answered, answer, edge_of, host, needs_of, state_of
from reports.compute_task import Task
from reports.markdown import PictureLink
from reports.pool import Pool
from reports.question import Question
from reports.sentences import HOSTED_ELSEWHERE, NO_ADDRESS
from reports.services import Services
from reports.walk import Progress
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.generate import generate
from storage.installations import Repository, Visibility
from storage.pictures import Picture, picture
from storage.watermarks import Watermark
from tests.reports.reading import DAY, NOW, Town, town
from tests.services import services_on

BASE = "https://almanac.example.com"
MARK = Watermark(7, "pulls", synced_at=NOW, covered_since=NOW - 60 * DAY)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return max(generate(5, NOW, months=4, scale=0.05), key=lambda one: len(one.pulls))


@pytest.fixture
async def here(database_file: Path, dataset: Dataset) -> AsyncIterator[Town]:
    async with town(database_file, dataset) as made:
        yield made


class PoolHere(Pool):
    """Computes in this process, and remembers what it was asked."""

    tasks: list[Task]

    async def run(self, function: str, task: object) -> object:
        assert function == "answer"
        assert isinstance(task, Task)
        self.tasks = [*getattr(self, "tasks", []), task]
        return compute.answer(task)


async def quiet(_: Progress) -> None:
    """Nobody listens."""


def question(*metrics: str, window: Window | None = None) -> Question:
    return Question(metrics, window or Window.last(30, NOW), 70_001, "acme/rocket")


def services(here: Town, base: str | None = BASE) -> Services:
    return services_on(here.store, now=here.world.clock.now, pool=PoolHere(), picture_base=base)


def rocket(here: Town, visibility: Visibility = "public") -> Repository:
    return Repository(here.ref.id, 51, "acme", "rocket", visibility, "main")


async def stored_at(here: Town, address: str) -> Picture:
    found = await here.store.read(lambda conn: picture(conn, address))
    assert found is not None
    return found


def test_a_question_needs_what_its_metrics_need() -> None:
    assert needs_of(question("commits")) == {"commits"}
    assert needs_of(question("pulls", "issues")) == all_metrics()["pulls"].needs | all_metrics()["issues"].needs


def test_everything_is_needed_since_the_previous_period_began() -> None:
    assert edge_of(question("pulls")) == NOW - 60 * DAY
    assert edge_of(question("pulls", window=Window(BEGINNING, NOW))) == BEGINNING


@pytest.mark.parametrize(
    ("mark", "edge", "covered_since"),
    [
        (MARK, NOW - 60 * DAY, None),
        (MARK, NOW - 59 * DAY, None),
        (MARK, NOW - 61 * DAY, MARK.covered_since),
        (replace(MARK, whole_history=True), BEGINNING, None),
        (replace(MARK, covered_since=None), NOW - DAY, MARK.synced_at),
        (replace(MARK, covered_since=None, error="refused"), NOW - DAY, None),
    ],
)
def test_what_a_question_reaches_beyond_is_said(mark: Watermark, edge: object, covered_since: object) -> None:
    assert state_of(mark, edge).covered_since == covered_since  # type: ignore[arg-type]


def test_a_refused_dataset_was_never_synced() -> None:
    state = state_of(replace(MARK, error="refused"), NOW)
    assert (state.error, state.synced_at) == ("refused", None)
    assert state_of(MARK, NOW).synced_at == NOW


async def test_a_public_repositorys_pictures_are_drawn_stored_and_linked(here: Town) -> None:
    given = services(here)
    found = await answer(given, here.github, rocket(here), question("overview", "commits"), NOW, quiet)
    assert found.links == ()
    hosted = await host(given, found, here.ref.id, "answer-1-2", 0)

    assert hosted.links is not None
    assert len(hosted.links) == len(hosted.answer.pictures) > 1
    seen = set()
    for place, (link, data) in enumerate(zip(hosted.links, hosted.answer.pictures, strict=True)):
        for theme, url, png in (("light", link.light, data.light), ("dark", link.dark, data.dark)):
            assert url.startswith(f"{BASE}/pictures/")
            assert url.endswith(".png")
            address = url.removeprefix(f"{BASE}/pictures/").removesuffix(".png")
            stored = await stored_at(here, address)
            assert (stored.data, stored.theme, stored.position, stored.answer_key) == (png, theme, place, "answer-1-2")
            assert png.startswith(b"\x89PNG")
            seen.add(address)
    assert len(seen) == 2 * len(hosted.links)


async def test_pictures_of_a_second_command_go_on_counting(here: Town) -> None:
    given = services(here)
    shown = PictureData(b"\x89PNG light", b"\x89PNG dark", "alt", "text", "bars")
    section = (await answer(given, here.github, rocket(here), question("issues"), NOW, quiet)).answer.sections[0]
    found = Answered(Answer(question("issues"), NOW, (replace(section, pictures=(shown,)),)), (), whole=True)
    hosted = await host(given, found, here.ref.id, "answer-1-2", 3)

    assert isinstance(hosted.links, tuple)
    (link,) = hosted.links
    assert isinstance(link, PictureLink)
    address = link.dark.removeprefix(f"{BASE}/pictures/").removesuffix(".png")
    assert (await stored_at(here, address)).position == 3


@pytest.mark.parametrize(
    ("visibility", "base", "why"),
    [("private", BASE, HOSTED_ELSEWHERE), ("internal", BASE, HOSTED_ELSEWHERE), ("public", None, NO_ADDRESS)],
)
async def test_where_pictures_may_not_be_hosted_none_is_drawn_and_the_reason_is_said(
    here: Town, visibility: Visibility, base: str | None, why: str
) -> None:
    given = services(here, base)
    found = await answer(given, here.github, rocket(here, visibility), question("overview"), NOW, quiet)

    assert found.links is None
    assert why in found.answer.completeness.sentences
    assert all((one.light, one.dark) == (b"", b"") and one.text for one in found.answer.pictures)
    assert await host(given, found, here.ref.id, "k", 0) is found


async def test_an_answer_tells_whether_the_whole_history_is_there(here: Town) -> None:
    given = services(here)
    assert not (await answer(given, here.github, rocket(here), question("commits"), NOW, quiet)).whole
    everything = question("commits", window=Window(BEGINNING, NOW))
    assert (await answer(given, here.github, rocket(here), everything, NOW, quiet)).whole


async def test_what_is_refused_is_explained_and_not_waited_for(here: Town) -> None:
    forbidden = '{"message": "Resource not accessible by integration"}'
    here.sandbox.faults.add(Fault(Match(operation="Commits"), "status", times=None, status=403, body=forbidden))
    found = await answer(services(here), here.github, rocket(here), question("commits"), NOW, quiet)

    assert found.whole, "there is nothing that could still be read"
    state = found.answer.completeness.datasets["commits"]
    assert state.error is not None
    assert "Resource not accessible" in state.error
    assert found.answer.completeness.synced_at is None


async def test_who_must_wait_hears_until_when(here: Town) -> None:
    limited = '{"message": "API rate limit exceeded"}'
    reset = str(int((NOW + timedelta(minutes=40)).timestamp()))
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Reset": reset}
    here.sandbox.faults.add(Fault(Match(operation="Commits"), "status", status=403, body=limited, headers=headers))
    with pytest.raises(Later) as later:
        await answer(services(here), here.github, rocket(here), question("commits"), NOW, quiet)
    assert later.value.until >= NOW + timedelta(minutes=40)


async def test_the_listener_hears_how_far_reading_has_come(here: Town) -> None:
    heard: list[Progress] = []

    async def listen(progress: Progress) -> None:
        heard.append(progress)

    await answer(services(here), here.github, rocket(here), question("issues"), NOW, listen)
    assert heard
    assert {one.noun for one in heard} <= {"open issues", "issues"}


async def test_an_answer_is_as_of_the_moment_it_was_asked(here: Town) -> None:
    here.pass_time(timedelta(minutes=7))
    found = await answer(services(here), here.github, rocket(here), question("issues"), NOW, quiet)
    assert found.answer.as_of == NOW
