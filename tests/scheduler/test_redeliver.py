"""GitHub is asked again for what it could not deliver, once, and for nothing that was worked on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from github.reads.deliveries import Attempt, attempt_of
from handlers.events import handled
from sandbox.faults import Fault, Match
from sandbox.hooks import Delivery
from scheduler import redeliver
from scheduler.plan import REDELIVER, sweep
from scheduler.redeliver import in_order, never_arrived
from scheduler.redeliver import sweep as look
from storage import queue
from storage.deliveries import last_done, worked_on
from storage.engine import Store
from storage.intake import Delivery as Arriving
from storage.intake import Intake
from storage.queue import Job, NewJob
from tests.scheduler.field import Field

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
JOB = Job(1, REDELIVER, sweep(NOON).key, b"", None, 1, NOON, 1)


def attempt(number: int, guid: str, *, ok: bool = False, event: str = "issue_comment", minutes: int = 0) -> Attempt:
    return Attempt(number, guid, event, NOON + timedelta(minutes=minutes), ok)


def test_only_what_none_of_its_attempts_brought_is_asked_for() -> None:
    listed = [
        attempt(9, "twice"), attempt(8, "late", ok=True), attempt(7, "watched", event="watch"),
        attempt(3, "late"), attempt(2, "twice"), attempt(1, "fine", ok=True),
    ]  # fmt: skip
    assert never_arrived(listed, {"issue_comment"}) == [attempt(9, "twice")]


@given(st.permutations([attempt(number, f"g{number % 4}", ok=number == 6) for number in range(8)]))
def test_the_order_of_the_list_does_not_matter(listed: list[Attempt]) -> None:
    found = never_arrived(listed, {"issue_comment"})
    assert {one.guid: one.id for one in found} == {"g0": 4, "g1": 5, "g3": 7}


def test_what_people_wrote_comes_first_and_the_oldest_of_it() -> None:
    listed = [
        attempt(1, "a", event="push"), attempt(2, "b", minutes=5), attempt(3, "c", event="installation", minutes=1),
    ]  # fmt: skip
    assert [one.guid for one in in_order(listed)] == ["c", "b", "a"]


def test_an_odd_row_is_passed_over() -> None:
    good = {"id": 1, "guid": "g", "event": "push", "delivered_at": "2026-11-22T12:00:00Z", "status_code": 0}
    found = attempt_of(good)
    assert found is not None
    assert not found.succeeded
    assert attempt_of({**good, "delivered_at": None}) is None
    assert attempt_of({}) is None


async def test_a_delivery_that_was_given_up_is_worked_on_once_more(store: Store) -> None:
    """One that is done, or waits, is not: its id is known."""

    def delivery(guid: str) -> Arriving:
        return Arriving(guid, "issue_comment", b"{}", NOON, "repository:7")

    async with Intake(store) as intake:
        assert await intake.remember(delivery("dead"))
        job = await queue.claim(store, NOON, timedelta(minutes=1))
        assert job is not None
        assert not await intake.remember(delivery("dead")), "it runs"
        await queue.bury(store, job, NOON, "ours")
        assert await store.read(lambda conn: worked_on(conn, ["dead", "never"])) == set()
        assert await intake.remember(delivery("dead"))
        assert not await intake.remember(delivery("dead"))
        again = await queue.claim(store, NOON, timedelta(minutes=1))
        assert again is not None
        assert (again.id, again.payload, again.attempts) == (job.id, job.payload, 1)
        await queue.finish(store, again, NOON)
        assert not await intake.remember(delivery("dead")), "it is done"
    assert await store.read(lambda conn: worked_on(conn, ["dead"])) == {"dead"}


async def test_a_sweep_reaches_back_to_the_last_one(store: Store) -> None:
    assert await store.read(lambda conn: last_done(conn, REDELIVER)) is None
    await store.write(lambda conn: queue.put(conn, [NewJob(REDELIVER, "1", b"", None)], NOON))
    job = await queue.claim(store, NOON, timedelta(minutes=1))
    assert job is not None
    assert await store.read(lambda conn: last_done(conn, REDELIVER)) is None
    await queue.finish(store, job, NOON)
    assert await store.read(lambda conn: last_done(conn, REDELIVER)) == NOON


async def test_a_server_without_such_a_list_has_nothing_to_be_swept(field: Field) -> None:
    field.sandbox.faults.add(Fault(Match("GET", "/app/hook/deliveries"), "status", times=None, status=404))
    await look(field.services, JOB, handled(), 0.5)
    assert field.asked("/app/hook/deliveries") == ["/app/hook/deliveries"]


# more was lost than one round asks for


@asynccontextmanager
async def many_lost(field: Field, monkeypatch: pytest.MonkeyPatch, number: int) -> AsyncIterator[list[Delivery]]:
    """Yield `number` comments of which the webhooks failed, where one round asks for three; listed are all attempts."""
    monkeypatch.setattr(redeliver, "ASKED", 3)
    app, repository = field.world.app, field.repositories()[0]
    assert app is not None
    app.webhook_url = "http://127.0.0.1:9/nobody-listens-here"
    issue = field.world.open_issue(repository, field.installation().account, "Lost")
    for _ in range(number):
        await field.sandbox.comment(repository.full_name, issue.number, field.installation().account.rest_login, "!")
        field.world.clock.advance(timedelta(seconds=1))
    await field.sandbox.settled()
    yield [one for one in field.sandbox.deliveries if one.event == "issue_comment"]


@asynccontextmanager
async def hearing(field: Field, *, refused: frozenset[str] = frozenset()) -> AsyncIterator[Counter[str]]:
    """Listen to webhooks; yield how often each guid came. Those in `refused` are answered 500."""
    heard: Counter[str] = Counter()

    async def take(request: web.Request) -> web.Response:
        guid = request.headers["X-GitHub-Delivery"]
        heard[guid] += 1
        return web.Response(status=500 if guid in refused else 202)

    there = web.Application()
    there.router.add_post("/", take)
    server = TestServer(there)
    await server.start_server()
    try:
        assert field.world.app is not None
        field.world.app.webhook_url = str(server.make_url("/"))
        yield heard
    finally:
        await server.close()


async def rounds(field: Field, most: int) -> int:
    """Put a sweep and work on it, a minute after the other; return how many rounds it took to its end."""
    now = field.services.now()
    await field.clock().put([sweep(now)], now)
    for number in range(1, most + 1):
        await field.work()
        await field.sandbox.settled()
        if all(job["state"] == "done" for job in field.rows("SELECT state FROM jobs WHERE kind = ?", REDELIVER)):
            return number
        field.world.clock.advance(timedelta(minutes=1))
    return most + 1


async def test_an_outage_that_lost_more_than_one_round_asks_for_loses_nothing(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep goes on until all was asked for, and what arrived is not asked for again."""
    async with many_lost(field, monkeypatch, 11) as lost, hearing(field) as heard:
        assert len(lost) == 11
        assert await rounds(field, 10) == 4
        assert heard == {one.guid: 1 for one in lost}


async def test_what_always_fails_does_not_keep_the_others_waiting_nor_a_sweep_from_its_end(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with many_lost(field, monkeypatch, 10) as lost:
        bad = frozenset(one.guid for one in lost[:4])  # the oldest, more than one round asks for
        async with hearing(field, refused=bad) as heard:
            assert await rounds(field, 30) < 20
            assert {guid for guid in heard if guid not in bad} == {one.guid for one in lost} - bad
            assert {heard[one.guid] for one in lost[4:]} == {1}


async def test_where_nothing_can_arrive_it_is_asked_for_by_the_hour(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with many_lost(field, monkeypatch, 8):
        assert await rounds(field, 5) == 6, "it does not end"
        assert 3 < len(field.asked("/attempts")) <= 9, "once a round has brought nothing it waits for an hour"


async def test_half_of_the_apps_own_limit_is_left(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    async with many_lost(field, monkeypatch, 8), hearing(field) as heard:
        field.sandbox.limits.core = 4
        await rounds(field, 1)
        assert len(field.asked("/attempts")) < 3
        field.sandbox.limits.core = 5_000
        field.world.clock.advance(timedelta(hours=1))
        assert await rounds(field, 10) <= 10
        assert len(heard) == 8


async def test_what_github_will_not_deliver_any_more_takes_nobodys_place(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with many_lost(field, monkeypatch, 6) as lost, hearing(field) as heard:
        for one in lost[:2]:
            forgotten = Match("POST", f"/app/hook/deliveries/{one.id}/attempts")
            field.sandbox.faults.add(Fault(forgotten, "status", times=None, status=404))
        assert await rounds(field, 10) <= 3
        assert set(heard) == {one.guid for one in lost[2:]}


async def test_a_list_longer_than_is_looked_at_is_looked_at_again(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted is what was lost: what has arrived makes the list longer and hides nothing."""
    monkeypatch.setattr(redeliver, "LOST", 2)
    async with many_lost(field, monkeypatch, 6) as lost, hearing(field) as heard:
        for number in range(5):
            repository = field.repositories()[1]
            issue = field.world.open_issue(repository, field.installation().account, f"Fine {number}")
            await field.sandbox.comment(
                repository.full_name, issue.number, field.installation().account.rest_login, "?"
            )
        await field.sandbox.settled()
        assert await rounds(field, 12) <= 12
        assert {one.guid for one in lost} <= set(heard)


def test_it_is_looked_at_every_hour() -> None:
    keys = {sweep(NOON + timedelta(minutes=minute)).key for minute in range(60)}
    assert len(keys) == 1
    assert sweep(NOON + timedelta(hours=1)).key not in keys
