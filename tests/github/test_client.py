"""How the client behaves when GitHub does not: against a real server on loopback, without waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Later, Refused, Unsure
from github.wire import VERSION
from tests.github.fake import Clock, CutsOff, Drops, FakeGitHub, Hangs, Heard, Says


async def test_a_request_names_the_project_and_the_api_version(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/meta", Says({"ok": True}))
    assert await gh.get("/meta") == {"ok": True}
    headers = fake.heard[0].headers
    assert headers["user-agent"] == f"almanac/{VERSION}"
    assert headers["x-github-api-version"] == "2026-03-10"
    assert headers["authorization"] == "Bearer ghp_personal"
    assert headers["accept"] == "application/vnd.github+json"


async def test_an_enterprise_server_is_asked_in_the_version_it_knows(
    session: aiohttp.ClientSession, fake: FakeGitHub, clock: Clock
) -> None:
    fake.on("GET", "/api/v3/meta", Says({"ok": True}))
    gh = GitHub.for_token(session, "t", Endpoints.of(fake.url + "/api/v3"), clock.now, clock.sleep)
    assert await gh.get("/meta") == {"ok": True}
    assert fake.heard[0].headers["x-github-api-version"] == "2022-11-28"


def test_the_version_is_the_project_files() -> None:
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'\nversion = "{VERSION}"\n' in pyproject


async def test_an_unchanged_answer_is_taken_from_memory(gh: GitHub, fake: FakeGitHub) -> None:
    def answer(heard: Heard) -> Says:
        if heard.headers.get("if-none-match") == '"v1"':
            return Says(status=304, headers={"etag": '"v1"'})
        return Says([1, 2], headers={"etag": '"v1"'})

    fake.on("GET", "/list", answer)
    first = await gh.get("/list", {"page": 2})
    first.append(3)  # what a caller does to its copy reaches nobody else
    assert await gh.get("/list", {"page": 2}) == [1, 2]
    assert (gh.usage.requests, gh.usage.not_modified) == (2, 1)


async def test_a_page_that_has_not_changed_may_have_a_new_one_after_it(gh: GitHub, fake: FakeGitHub) -> None:
    """The first page was full when it was read; then one more row came, on a second page."""

    def first(heard: Heard) -> Says:
        if heard.query.get("page") == "2":
            return Says([3])
        if heard.headers.get("if-none-match") == '"v1"':
            link = f'<{fake.url}/list?per_page=100&page=2>; rel="next"'
            return Says(status=304, headers={"etag": '"v1"', "link": link})
        return Says([1, 2], headers={"etag": '"v1"'})

    fake.on("GET", "/list", first)
    assert [item async for item in gh.items("/list")] == [1, 2]
    assert [item async for item in gh.items("/list")] == [1, 2, 3]


async def test_every_client_has_its_own_memory(
    gh: GitHub, fake: FakeGitHub, session: aiohttp.ClientSession, endpoints: Endpoints, clock: Clock
) -> None:
    """An answer to one installation never reaches another, not even as a 304."""
    fake.on("GET", "/private", Says({"secret": 1}, headers={"etag": '"v1"'}))
    await gh.get("/private")
    other = GitHub.for_token(session, "ghp_other", endpoints, clock.now, clock.sleep)
    await other.get("/private")
    assert "if-none-match" not in fake.heard[1].headers


async def test_reading_is_repeated_over_a_new_connection(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    """aiohttp reconnects once by itself where repeating does no harm; the second break is ours to bear."""
    fake.on("GET", "/x", Drops(), Drops(), Says({"ok": 1}))
    assert await gh.get("/x") == {"ok": 1}
    assert clock.sleeps == [1.0]


@pytest.mark.parametrize("stumble", [CutsOff(), Says(b"<html>", 502), Says(b'{"cut', 200), Says(status=503)])
async def test_reading_is_repeated_after_a_stumble(
    gh: GitHub, fake: FakeGitHub, clock: Clock, stumble: CutsOff | Says
) -> None:
    fake.on("GET", "/x", stumble, Says({"ok": 1}))
    assert await gh.get("/x") == {"ok": 1}
    assert clock.sleeps == [1.0]


async def test_no_answer_in_time_is_a_stumble_too(hasty: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/x", Hangs(), Says({"ok": 1}))
    assert await hasty.get("/x") == {"ok": 1}


async def test_an_outage_ends_in_later(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    fake.on("GET", "/x", Says(status=500))
    with pytest.raises(Later) as raised:
        await gh.get("/x")
    assert clock.sleeps == [1, 2, 4, 8]
    assert len(fake.heard) == 5
    assert raised.value.until == clock.now() + timedelta(minutes=1)


async def test_nobody_listening_is_repeated_even_for_a_post(
    session: aiohttp.ClientSession, clock: Clock, fake: FakeGitHub
) -> None:
    """Where no connection came about, GitHub cannot have done anything."""
    await fake.__aexit__(None, None, None)
    gh = GitHub.for_token(session, "t", Endpoints.of(fake.url), clock.now, clock.sleep)
    with pytest.raises(Later, match="no connection to GitHub"):
        await gh.post("/x", {})
    assert len(clock.sleeps) == 4


@pytest.mark.parametrize("ending", [Drops(), CutsOff(), Says(status=502), Says(status=500), Says(b'{"id', 201)])
async def test_a_post_whose_answer_was_lost_is_never_repeated(
    gh: GitHub, fake: FakeGitHub, ending: Drops | CutsOff | Says
) -> None:
    fake.on("POST", "/comments", ending)
    with pytest.raises(Unsure):
        await gh.post("/comments", {"body": "x"})
    assert len(fake.heard) == 1


async def test_a_post_that_got_no_answer_in_time_is_never_repeated(hasty: GitHub, fake: FakeGitHub) -> None:
    fake.on("POST", "/comments", Hangs())
    with pytest.raises(Unsure):
        await hasty.post("/comments", {"body": "x"})
    assert len(fake.heard) == 1


async def test_a_post_that_met_a_limit_is_sent_again(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    """A limit is met before anything is done."""
    fake.on("POST", "/comments", Says({"message": "slow"}, 429, {"retry-after": "7"}), Says({"id": 1}, 201))
    assert await gh.post("/comments", {"body": "x"}) == {"id": 1}
    assert clock.sleeps == [7.0]


@pytest.mark.parametrize("method", ["patch", "put"])
async def test_what_sets_a_value_is_repeated(gh: GitHub, fake: FakeGitHub, method: str) -> None:
    fake.on(method.upper(), "/x", Drops(), Says({"id": 1}))
    assert await getattr(gh, method)("/x", {"body": "y"}) == {"id": 1}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
async def test_a_redirect_is_followed_with_the_same_method_and_body(
    gh: GitHub, fake: FakeGitHub, method: str, status: int
) -> None:
    """A renamed repository: a POST must not turn into a GET on the way."""
    fake.on(method, "/repos/o/old/x", Says({"message": "Moved"}, status, {"location": fake.url + "/repositories/7/x"}))
    fake.on(method, "/repositories/7/x", Says({"id": 9}))
    body = {"body": "text"}
    answer = await (
        gh.get("/repos/o/old/x") if method == "GET" else getattr(gh, method.lower())("/repos/o/old/x", body)
    )
    assert answer == {"id": 9}
    assert fake.heard[1].content == (None if method == "GET" else body)
    assert fake.heard[1].headers["authorization"] == "Bearer ghp_personal"


async def test_a_redirect_to_another_host_is_refused(gh: GitHub, fake: FakeGitHub) -> None:
    """A token is for one GitHub only."""
    fake.on("GET", "/x", Says(status=302, headers={"location": "http://localhost:1/steal"}))
    with pytest.raises(Refused, match="localhost is not the GitHub"):
        await gh.get("/x")


async def test_redirects_in_a_circle_end(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/x", Says(status=301, headers={"location": "/x"}))
    with pytest.raises(Refused, match="more than 5 redirects"):
        await gh.get("/x")


async def test_pages_are_followed_by_their_links(gh: GitHub, fake: FakeGitHub) -> None:
    def answer(heard: Heard) -> Says:
        page = int(heard.query.get("page", "1"))
        links = f'<{fake.url}/list?page={page + 1}&per_page=100>; rel="next", <{fake.url}/list?page=3>; rel="last"'
        return Says([page * 10, page * 10 + 1], headers={"link": links} if page < 3 else {})

    fake.on("GET", "/list", answer)
    assert [item async for item in gh.items("/list", {"since": "x"})] == [10, 11, 20, 21, 30, 31]
    assert fake.heard[0].query == {"per_page": "100", "since": "x"}
    assert gh.usage.lists == 3


async def test_a_page_can_be_an_object_that_holds_the_list(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/installation/repositories", Says({"total_count": 1, "repositories": [{"id": 5}]}))
    assert [one async for one in gh.items("/installation/repositories", key="repositories")] == [{"id": 5}]


async def test_an_exhausted_hour_is_waited_for_or_is_later(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    reset = int(clock.now().timestamp()) + 1800
    used_up = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    fake.on("GET", "/x", Says({"message": "API rate limit exceeded"}, 403, used_up))
    with pytest.raises(Later) as raised:
        await gh.get("/x")
    assert raised.value.until.timestamp() == reset + 1
    with pytest.raises(Later):  # known by now: GitHub is not asked again
        await gh.get("/x")
    assert len(fake.heard) == 1
    assert clock.sleeps == []


async def test_the_last_request_of_the_hour_is_used_and_the_next_not_sent(
    gh: GitHub, fake: FakeGitHub, clock: Clock
) -> None:
    reset = int(clock.now().timestamp()) + 30
    last = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    fake.on("GET", "/x", Says({"n": 1}, headers=last), Says({"n": 2}))
    assert await gh.get("/x") == {"n": 1}
    assert await gh.get("/x") == {"n": 2}
    assert clock.sleeps == [30.0]


async def test_a_secondary_limit_stops_everything_of_the_installation(
    gh: GitHub, fake: FakeGitHub, clock: Clock
) -> None:
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    fake.on("GET", "/x", Says(said, 403))
    with pytest.raises(Later):
        await gh.get("/x")
    with pytest.raises(Later):
        await gh.graphql("{ viewer { login } }", {})
    assert not gh.background_allowed()


async def test_who_waits_for_a_turn_hears_of_a_rest_before_asking(
    session: aiohttp.ClientSession, endpoints: Endpoints, fake: FakeGitHub, clock: Clock
) -> None:
    """Of eight at once the four under way are refused; the other four had their turn, and never went out."""
    begun, refused = clock.now(), 0

    async def sleep(seconds: float) -> None:
        end = clock.now() + timedelta(seconds=seconds)
        await asyncio.sleep(0.05)
        clock.time = max(clock.now(), end)

    def answer(_: Heard) -> Says:
        nonlocal refused
        if clock.now() >= begun + timedelta(seconds=30):
            return Says({"ok": True})
        refused += 1
        return Says({"message": "slow down"}, 429, {"retry-after": "30"})

    gh = GitHub.for_token(session, "t", endpoints, clock.now, sleep)
    fake.on("GET", "/x", answer)
    assert await asyncio.gather(*(gh.get("/x") for _ in range(8))) == [{"ok": True}] * 8
    assert refused == 4


async def test_a_limit_that_does_not_end_is_not_run_against(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    """Going on regardless gets an App banned: after five answers the work is put off."""
    fake.on("GET", "/x", Says({"message": "slow"}, 429, {"retry-after": "1"}))
    with pytest.raises(Later):
        await gh.get("/x")
    assert len(fake.heard) == 5


async def test_what_was_waited_for_is_not_waited_for_again_though_the_clock_stands_still(
    session: aiohttp.ClientSession, endpoints: Endpoints, fake: FakeGitHub, clock: Clock
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    gh = GitHub.for_token(session, "t", endpoints, clock.now, sleep)
    fake.on("GET", "/x", Says({"message": "slow down"}, 429, {"retry-after": "5"}), Says({"ok": 1}))
    assert await gh.get("/x") == {"ok": 1}
    assert await gh.get("/x") == {"ok": 1}
    assert slept == [5.0]


@pytest.mark.parametrize("status", [404, 410, 451])
async def test_what_is_not_there_is_gone(gh: GitHub, fake: FakeGitHub, status: int) -> None:
    fake.on("GET", "/x", Says({"message": "Nope"}, status))
    with pytest.raises(Gone, match="GET /x: Nope"):
        await gh.get("/x")


async def test_a_refusal_names_the_missing_permission(gh: GitHub, fake: FakeGitHub) -> None:
    needs = {"x-accepted-github-permissions": "administration=read"}
    fake.on("GET", "/traffic", Says({"message": "Resource not accessible by integration"}, 403, needs))
    with pytest.raises(Refused) as raised:
        await gh.get("/traffic")
    assert (raised.value.status, raised.value.permission) == (403, "administration=read")


async def test_background_work_leaves_half_of_the_hour(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    def answer(remaining: int) -> Says:
        reset = str(int(clock.now().timestamp()) + 600)
        return Says(
            {},
            headers={"x-ratelimit-limit": "5000", "x-ratelimit-remaining": str(remaining), "x-ratelimit-reset": reset},
        )

    assert gh.background_allowed()
    fake.on("GET", "/x", answer(2501), answer(2500))
    await gh.get("/x")
    assert gh.background_allowed()
    await gh.get("/x")
    assert not gh.background_allowed()
    clock.time += timedelta(minutes=11)
    assert gh.background_allowed()
    assert (gh.usage.remaining, gh.usage.limit) == (2500, 5000)


async def test_writes_come_in_bursts_of_five_and_then_one_a_second(gh: GitHub, fake: FakeGitHub, clock: Clock) -> None:
    fake.on("POST", "/x", Says({"id": 1}, 201))
    for _ in range(7):
        await gh.post("/x", {})
    assert clock.sleeps == [1.0, 1.0]
    assert gh.write_delay() == timedelta(seconds=1)
    assert gh.usage.writes == 7


async def test_a_log_line_shows_the_template_and_the_cost(gh: GitHub, fake: FakeGitHub) -> None:
    fake.on("GET", "/meta", Says({"ok": 1}))
    with capture_logs() as lines:
        await gh.get("/meta")
    assert [(line["method"], line["path"], line["status"], line["points"]) for line in lines] == [
        ("GET", "/meta", 200, 0)
    ]
