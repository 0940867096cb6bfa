"""Collect now: a capture that somebody asks for, how far it is, live and without scripts, and who may look on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import pytest

from dashboard import streams
from dashboard.access import NOT_THERE
from reports.capture_order import order
from sandbox.faults import Fault, Match
from storage.captures import recent_runs
from storage.roles import take_role
from tests.dashboard.managing import Managed, look, refuses_foreign_forms, send, words
from tests.dashboard.people import NOW, Browser


@asynccontextmanager
async def streaming(browser: Browser, address: str) -> AsyncIterator[aiohttp.ClientResponse]:
    """Open a stream of events as a browser does."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    url, headers = browser.base + address, {"Cookie": cookie, "Accept": "text/event-stream"}
    async with asyncio.timeout(20), browser.session.get(url, headers=headers) as response:
        yield response


async def next_event(response: aiohttp.ClientResponse) -> tuple[str, dict[str, object]] | None:
    """Return the next event of a stream, None at its end; what is no event is passed over."""
    name = None
    async for raw in response.content:
        line = raw.decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name is not None:
            return name, msgspec.json.decode(line.removeprefix("data: "))
    return None


async def begun(managed: Managed, browser: Browser, address: str | None = None) -> str:
    """Have something collected; return the address of the run."""
    seen = await send(browser, address or f"{managed.quartz}/collect")
    assert seen.status == 303, seen.text
    return seen.location


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "EVERY", 0.05)


async def test_an_admin_collects_all_and_reads_what_came_of_it(managed: Managed) -> None:
    """Without scripts: a page, a link to look again, and at the end a summary with what failed and why."""
    fault = Fault(Match("GET", "/repos/quartz/vault/traffic/*"), "status", status=500, body="{}", times=None)
    managed.place.sandbox.faults.add(fault)
    jade = await managed.signed_in("jade")
    run = await begun(managed, jade)
    before = await look(jade, run)
    assert "Asked for by jade, just now" in words(before.text)
    assert "It waits for its turn." in before.text
    assert f'href="{run}">Look again' in before.text
    assert "0 of 2 so far" in words(before.text)
    # where a script is told how far it is, the page is not loaded again
    assert before.headers["Refresh"] == "3"
    assert "Refresh" not in (await look(jade, f"{run}?watched=")).headers
    await managed.work()
    after = await look(jade, run)
    said = words(after.text)
    assert "It is done." in said
    assert "Refresh" not in after.headers
    assert "Look again" not in said
    assert "1 captured, 1 failed" in said
    assert "quartz/vault failed GitHub could not show it" in said
    assert "Repositories 2 Requests" in said


async def test_the_events_tell_the_same_as_it_changes(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    run = await begun(managed, jade)
    async with streaming(jade, f"{run}/events") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-store"
        assert "Content-Security-Policy" in response.headers
        name, data = await next_event(response) or ("", {})
        assert (name, data["state"], data["over"]) == ("progress", "It waits for its turn.", False)
        await managed.work()
        last = data
        while (event := await next_event(response)) is not None:
            last = event[1]
    assert (last["state"], last["over"]) == ("It is done.", True)
    assert "2 captured" in str(last["html"])


async def test_one_repository_is_collected_alone(managed: Managed) -> None:
    jade, place = await managed.signed_in("jade"), managed.place
    run = await begun(managed, jade, "/r/quartz/vault/collect")
    await managed.work()
    asked = {one.path.split("/")[3] for one in place.sandbox.requests if "/traffic/" in one.path}
    assert asked == {"vault"}
    said = words((await look(jade, run)).text)
    assert "Capture of quartz/vault" in said
    assert "Repositories 1 Requests" in said


async def test_twice_within_minutes_is_once(managed: Managed) -> None:
    jade, place = await managed.signed_in("jade"), managed.place
    run = await begun(managed, jade)
    assert await begun(managed, jade) == run
    assert (await send(jade, "/r/quartz/vault/collect")).status == 429
    assert len(await place.store.read(lambda conn: recent_runs(conn, place.ids["quartz"]))) == 1
    place.wait(minutes=4)
    assert await begun(managed, jade, "/r/quartz/vault/collect") != run


async def test_whoever_looks_after_one_repository_keeps_nobody_from_the_others_or_from_all(managed: Managed) -> None:
    place, jade = managed.place, await managed.signed_in("jade")
    place.world.permit("quartz/mine", "opal", "admin")
    opal = await managed.signed_in("opal")
    mine = await begun(managed, opal, "/r/quartz/mine/collect")
    assert await begun(managed, opal, "/r/quartz/mine/collect") == mine
    runs = {mine, await begun(managed, jade, "/r/quartz/vault/collect"), await begun(managed, jade)}
    assert len(runs) == 3
    assert len(await place.store.read(lambda conn: recent_runs(conn, place.ids["quartz"]))) == 3


async def test_two_who_ask_at_once_get_one_run(managed: Managed) -> None:
    jade, place = await managed.signed_in("jade"), managed.place
    await managed.person("jade")
    answers = await asyncio.gather(*(send(jade, f"{managed.quartz}/collect") for _ in range(5)))
    assert len({one.location for one in answers}) == 1
    assert len(await place.store.read(lambda conn: recent_runs(conn, place.ids["quartz"]))) == 1


async def test_what_was_ordered_otherwise_in_the_same_second_keeps_nobody_from_it(managed: Managed) -> None:
    place = managed.place
    quartz, now = place.ids["quartz"], managed.services.now()
    taken = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    await place.store.write(lambda conn: order(conn, quartz, taken, now.date(), now))
    assert (await begun(managed, await managed.signed_in("jade"))).endswith("T12_00_01Z")


async def test_what_is_off_is_not_collected_and_the_page_says_so(managed: Managed) -> None:
    jade, place = await managed.signed_in("jade"), managed.place
    await send(jade, f"{managed.quartz}/repositories/{place.ids['quartz/vault']}", often="off")
    run = await begun(managed, jade, "/r/quartz/vault/collect")
    await managed.work()
    assert "says off" in words((await look(jade, run)).text)
    assert not [one for one in place.sandbox.requests if "/traffic/" in one.path]


async def test_who_only_looks_collects_nothing(managed: Managed) -> None:
    """opal writes in the private repository and is a member here; neither makes them look after anything."""
    opal = await managed.member()
    assert (await send(opal, f"{managed.quartz}/collect")).status == 403
    assert (await send(opal, "/r/quartz/vault/collect")).status == 403
    assert await managed.place.store.read(lambda conn: recent_runs(conn, managed.place.ids["quartz"])) == []


async def test_members_look_on_and_others_find_nothing_there(managed: Managed) -> None:
    jade, opal = await managed.signed_in("jade"), await managed.member()
    run = await begun(managed, jade)
    await look(opal, run)
    forms = (f"{managed.quartz}/collect", "/r/quartz/mine/collect", "/r/quartz/vault/collect", "/r/no/where/collect")
    absent = (run + "1", "/collect/9-2026-11-20", f"/collect/{managed.place.ids['quartz']}", "/collect/x")
    await managed.is_closed_to_others(run, f"{run}/events", *absent, forms=forms)
    for address in absent:
        assert (await jade.get(address)).text == NOT_THERE


async def test_a_run_of_one_repository_is_seen_by_who_looks_after_it_and_no_other(managed: Managed) -> None:
    """slate administers quartz/mine at GitHub, and has no role in the installation."""
    place = managed.place
    place.world.permit("quartz/mine", "slate", "admin")
    slate, jade = await managed.signed_in("slate"), await managed.signed_in("jade")
    await managed.viewer("agate", "quartz/mine")
    agate = await managed.signed_in("agate")
    run = await begun(managed, slate, "/r/quartz/mine/collect")
    assert "Capture of quartz/mine" in words((await look(slate, run)).text)
    assert managed.quartz not in (await look(slate, run)).text
    assert (await agate.get(run)).status == 404
    await look(jade, run)
    place.wait(minutes=5)
    whole = await begun(managed, jade)
    assert (await slate.get(whole)).status == 404


async def test_the_stream_ends_when_access_ends(managed: Managed) -> None:
    jade, opal = await managed.signed_in("jade"), await managed.member()
    run, who = await begun(managed, jade), await managed.person("opal")
    async with streaming(opal, f"{run}/events") as response:
        assert await next_event(response) is not None
        await managed.place.store.write(lambda conn: take_role(conn, who.id, managed.place.ids["quartz"]))
        assert await next_event(response) == ("gone", {})
        assert await next_event(response) is None


async def test_the_stream_ends_when_somebody_signs_out(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    run = await begun(managed, jade)
    async with streaming(jade, f"{run}/events") as response:
        assert await next_event(response) is not None
        await jade.post("/logout", {"csrf": await jade.csrf()})
        assert await next_event(response) == ("gone", {})


async def test_streams_are_bounded_per_person_and_end_with_the_server(managed: Managed) -> None:
    jade, opal = await managed.signed_in("jade"), await managed.member()
    run = await begun(managed, jade)
    async with asyncio.TaskGroup() as group:
        ready = asyncio.Semaphore(0)

        async def watch() -> None:
            async with streaming(jade, f"{run}/events") as response:
                assert await next_event(response) is not None
                ready.release()
                assert await next_event(response) is None

        for _ in range(streams.MOST_OF_ONE):
            group.create_task(watch())
        for _ in range(streams.MOST_OF_ONE):
            await ready.acquire()
        async with streaming(jade, f"{run}/events") as response:
            assert response.status == 429
        async with streaming(opal, f"{run}/events") as response:
            assert response.status == 200
        held = (await managed.place.front()).streams
        held.close()
    await asyncio.sleep(0.1)
    assert not held.of_person


async def test_a_window_that_was_closed_does_not_count(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    run = await begun(managed, jade)
    for _ in range(2 * streams.MOST_OF_ONE):
        async with streaming(jade, f"{run}/events") as response:
            assert response.status == 200
            assert await next_event(response) is not None
            response.close()
        await asyncio.sleep(0.1)


async def test_a_silent_stream_says_that_it_is_there(managed: Managed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.1)
    jade = await managed.signed_in("jade")
    run = await begun(managed, jade)
    async with streaming(jade, f"{run}/events") as response:
        assert await next_event(response) is not None
        async for line in response.content:
            if line.startswith(b":"):
                break


async def test_the_nights_own_run_has_a_page_too(managed: Managed) -> None:
    from scheduler.planning import plan_captures  # noqa: PLC0415 - as the clock does

    await plan_captures(managed.place.store, NOW, spread=False)
    opal = await managed.member()
    address = f"/collect/{managed.place.ids['quartz']}-2026-11-20"
    assert "The run of 20 Nov 2026" in words((await look(opal, address)).text)
    await managed.work()
    assert "Repositories 2 " in words((await look(opal, address)).text)


async def test_forms_from_elsewhere_are_refused(managed: Managed) -> None:
    jade = await managed.signed_in("jade")
    for address in (f"{managed.quartz}/collect", "/r/quartz/vault/collect"):
        await refuses_foreign_forms(jade, address)
    assert await managed.place.store.read(lambda conn: recent_runs(conn, managed.place.ids["quartz"])) == []
