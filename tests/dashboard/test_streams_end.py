"""Every stream of events ends when the session ends, however it does; a window that watches prolongs none."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from bot.addresses import PAGES
from dashboard import streams
from dashboard.sessions import IDLE, SEEN_EVERY
from handlers.events.github_app_authorization import handle
from sandbox.faults import Fault, Match
from tests.dashboard.managing import Managed, send
from tests.dashboard.people import Browser
from tests.dashboard.test_collect import next_event, streaming

TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
End = Callable[[Managed, Browser], Awaitable[object]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "EVERY", 0.05)


async def capture(managed: Managed, browser: Browser) -> str:
    return (await send(browser, f"{managed.quartz}/collect")).location


async def analysis(managed: Managed, browser: Browser) -> str:
    """Begin an analysis of which GitHub lets nobody see the end."""
    managed.place.world.add_personal_token(TOKEN, "jade")
    managed.place.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    seen = await send(browser, "/analyse", owner="quartz", repository="vault", token=TOKEN, period="30d")
    assert seen.status == 303, seen.text
    return seen.location


WATCHED = {"/collect/{run}/events": capture, "/analyse/{run}/events": analysis}


async def sign_out(_: Managed, browser: Browser) -> None:
    elsewhere = Browser(browser.session, browser.base)
    elsewhere.cookies = dict(browser.cookies)
    assert (await send(elsewhere, "/logout")).status == 303


async def sign_out_everywhere(managed: Managed, _: Browser) -> None:
    assert (await send(await managed.signed_in("jade"), "/logout/everywhere")).status == 303


async def take_back_at_github(managed: Managed, _: Browser) -> None:
    who = await managed.person("jade")
    await handle(managed.services, "one", {"action": "revoked", "sender": {"id": int(who.subject)}})


async def do_nothing_for_long(managed: Managed, _: Browser) -> None:
    managed.place.wait(seconds=IDLE.total_seconds())


ENDS: tuple[End, ...] = (sign_out, sign_out_everywhere, take_back_at_github, do_nothing_for_long)


def test_these_are_all_streams_that_there_are() -> None:
    with_events = {re.sub(r":\[A-Za-z0-9_-\]\{[0-9,]+\}", "", path) for _, path, _ in PAGES if path.endswith("/events")}
    assert with_events == set(WATCHED)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("path", WATCHED)
async def test_a_stream_ends_with_the_session(managed: Managed, path: str, end: End) -> None:
    """What changes afterwards is told to nobody."""
    jade = await managed.signed_in("jade")
    address = await WATCHED[path](managed, jade)
    async with streaming(jade, f"{address}/events") as response:
        assert await next_event(response) is not None
        await end(managed, jade)
        while (event := await next_event(response)) is not None and event[0] != "gone":
            pass  # what was written a moment before
        assert event == ("gone", {})
        assert await next_event(response) is None


async def test_a_stream_ends_where_github_takes_a_token_no_more(managed: Managed) -> None:
    """No webhook told of it: the next look at what this person may see does."""
    jade = await managed.signed_in("jade")
    run = await capture(managed, jade)
    async with streaming(jade, f"{run}/events") as response:
        assert await next_event(response) is not None
        managed.place.sandbox.web_flow.revoke("jade")
        managed.place.wait(minutes=11)
        assert await next_event(response) == ("gone", {})
        assert await next_event(response) is None
    assert (await jade.get("/page")).status == 303


async def test_a_window_that_watches_is_no_sign_of_anybody(managed: Managed) -> None:
    """A browser opens a stream again and again by itself: nobody stays signed in by it."""
    jade = await managed.signed_in("jade")
    run = await capture(managed, jade)
    for _ in range(2):
        managed.place.wait(seconds=IDLE.total_seconds() / 2 - SEEN_EVERY.total_seconds() / 4)
        async with streaming(jade, f"{run}/events") as response:
            assert response.status == 200
    managed.place.wait(seconds=SEEN_EVERY.total_seconds())
    async with streaming(jade, f"{run}/events") as response:
        assert "text/event-stream" not in response.headers["Content-Type"]
