"""Traffic that GitHub does not give, or not now: what is said of it, and that nothing half is given back."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest

from analytics.traffic import Count, Traffic
from github.auth import App
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Later, Refused
from github.reads.traffic import PARTS, Fault, traffic_of
from github.turns import OwnTurns
from tests.github.fake import Clock, CutsOff, Drops, FakeGitHub, Hangs, Heard, Says
from tests.github.visits import LIMITED, NO_PERMISSION, NO_PLAN, NOT_FOUND, PATH, REPO, answers, counted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_a_refused_part_is_unknown_and_the_others_are_read(gh: GitHub, fake: FakeGitHub) -> None:
    answers(fake, referrers=NO_PERMISSION, paths=NOT_FOUND)
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert capture.referrers is capture.paths is None
    assert capture.views is not None
    assert faults == (
        Fault("referrers", 403, "Resource not accessible by integration", "administration=read"),
        Fault("paths", 404, "Not Found"),
    )
    assert [fault.cause for fault in faults] == ["permission", "gone"]
    assert set(capture.raw) == set(PARTS) - {"referrers", "paths"}


@pytest.mark.parametrize("answer", [NO_PERMISSION, NO_PLAN, Says({"message": "Repository access blocked"}, 403)])
async def test_six_refusals_are_one(gh: GitHub, fake: FakeGitHub, answer: Says) -> None:
    fake.everything = answer
    with pytest.raises(Refused, match=answer.content["message"]) as raised:
        await traffic_of(gh, REPO, NOON)
    assert raised.value.status == 403
    assert len(fake.heard) == 6


@pytest.mark.parametrize(
    "answer",
    [
        NOT_FOUND,
        Says({"message": "Gone"}, 410),
        Says({"message": "Repository access blocked", "block": {"reason": "dmca"}}, 451),
        Says({"message": "This installation has been suspended"}, 403),
    ],
)
async def test_a_repository_of_which_nothing_is_there_is_gone(gh: GitHub, fake: FakeGitHub, answer: Says) -> None:
    fake.everything = answer
    with pytest.raises(Gone, match=answer.content["message"]):
        await traffic_of(gh, REPO, NOON)


async def test_a_mixture_is_no_proof_that_a_repository_is_gone(gh: GitHub, fake: FakeGitHub) -> None:
    fake.everything = NOT_FOUND
    fake.on("GET", PATH + "popular/paths", NO_PLAN)
    with pytest.raises(Refused, match="Upgrade"):
        await traffic_of(gh, REPO, NOON)


async def test_a_renamed_repository_is_followed(gh: GitHub, fake: FakeGitHub) -> None:
    """GitHub redirects to the repository's number; the query goes along."""
    answers(fake)
    for (method, path), good in list(fake._scripts.items()):
        moved = path.replace("/repos/harbour/quay/", "/repositories/7/")
        fake.on(method, moved, *good)

        def redirect(heard: Heard, moved: str = moved) -> Says:
            query = f"?per={heard.query['per']}" if heard.query else ""
            return Says({"message": "Moved Permanently"}, 301, {"location": f"{fake.url}{moved}{query}"})

        fake.on(method, path, redirect)
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert faults == ()
    assert capture.repository_id == 7
    assert capture.view_weeks == {date(2026, 11, 9): Count(12, 6), date(2026, 11, 16): Count(18, 8)}
    assert gh.usage.requests == 12


def still_asking() -> list[str]:
    """Return the parts that are being asked for in the background."""
    return [str(task) for task in asyncio.all_tasks() if "_Reading.part" in repr(task.get_coro())]


@pytest.mark.parametrize("part", PARTS)
async def test_a_limit_in_the_middle_gives_nothing_half(gh: GitHub, fake: FakeGitHub, part: str) -> None:
    answers(fake, **{part: LIMITED})
    with pytest.raises(Later) as raised:
        await traffic_of(gh, REPO, NOON)
    assert raised.value.until == gh.now().replace(hour=9)
    assert still_asking() == []


async def test_the_requests_that_still_wait_are_called_off_by_a_limit(gh: GitHub, fake: FakeGitHub) -> None:
    answers(fake, views=Hangs(), view_weeks=Hangs(), clones=LIMITED)
    async with asyncio.timeout(5):
        with pytest.raises(Later):
            await traffic_of(gh, REPO, NOON)
    assert still_asking() == []
    assert isinstance(gh.budget.turns, OwnTurns)
    assert gh.budget.turns.places._value == 4  # and every turn has been given back


async def test_being_called_off_from_outside_leaves_nothing_behind(gh: GitHub, fake: FakeGitHub) -> None:
    waiting = asyncio.Event()

    def paths(_heard: Heard) -> Hangs:
        waiting.set()
        return Hangs()

    answers(fake, paths=paths)
    task = asyncio.create_task(traffic_of(gh, REPO, NOON))
    await waiting.wait()
    assert still_asking() != []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert still_asking() == []


async def test_an_error_that_is_ours_is_not_wrapped(
    session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock
) -> None:
    """Here a key that cannot sign: what is raised is the error itself, not a group of six."""
    gh = GitHub.for_installation(session, App("id", "no key"), 42, endpoints, clock.now, clock.sleep)
    with pytest.raises(ValueError, match="private key"):
        await traffic_of(gh, REPO, NOON)
    assert still_asking() == []


async def test_a_short_limit_is_waited_for(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    short = Says({"message": "slow down"}, 429, {"retry-after": "5"})
    tries = iter([short])
    answers(fake, clones=lambda _heard: next(tries, Says(counted("clones", count=0, uniques=0))))
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert faults == ()
    assert capture.clones == Traffic(Count(0, 0), {})
    assert clock.waited >= 5


@pytest.mark.parametrize("trouble", [Drops(), CutsOff(), Says({"message": "Server Error"}, 502), Says(b"<html>")])
async def test_bad_weather_passes_or_is_later(gh: GitHub, fake: FakeGitHub, clock: Clock, trouble: Any) -> None:
    tries = iter([trouble])
    answers(fake, paths=lambda _heard: next(tries, Says([])))
    capture, faults = await traffic_of(gh, REPO, NOON)
    assert (capture.paths, faults) == ((), ())
    answers(fake, paths=trouble)
    with pytest.raises(Later):
        await traffic_of(gh, REPO, NOON)
    assert clock.waited > 1


async def test_answers_on_both_sides_of_midnight_are_not_one_capture(
    gh: GitHub, fake: FakeGitHub, clock: Clock
) -> None:
    """The later ones no longer list the oldest day: it would be taken for a day without traffic."""
    clock.time = datetime(2026, 11, 22, 23, 59, 58, tzinfo=UTC)
    tries = iter([Says({"message": "slow down"}, 429, {"retry-after": "5"})])
    answers(fake, paths=lambda _heard: next(tries, Says([])))
    with pytest.raises(Later, match="the day ended") as raised:
        await traffic_of(gh, REPO, clock.now())
    assert raised.value.until == clock.now()
    capture, _ = await traffic_of(gh, REPO, clock.now())
    assert capture.captured_at.date() == date(2026, 11, 23)
