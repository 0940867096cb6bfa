"""GitHub is asked again for what it could not deliver, once, and for nothing that was worked on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from github.reads.deliveries import Attempt, attempt_of
from handlers.events import handled
from sandbox.faults import Fault, Match
from scheduler.plan import REDELIVER, sweep
from scheduler.redeliver import in_order, never_arrived
from scheduler.redeliver import sweep as look
from storage import queue
from storage.deliveries import last_done, worked_on
from storage.engine import Store
from storage.intake import Delivery, Intake
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

    def delivery(guid: str) -> Delivery:
        return Delivery(guid, "issue_comment", b"{}", NOON, "repository:7")

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


def test_it_is_looked_at_every_hour() -> None:
    keys = {sweep(NOON + timedelta(minutes=minute)).key for minute in range(60)}
    assert len(keys) == 1
    assert sweep(NOON + timedelta(hours=1)).key not in keys
