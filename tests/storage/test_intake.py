"""A delivery is acknowledged once it is on disk, kept once however often it comes, and never half."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage.intake
import storage.lanes
from storage import queue
from storage.connection import Connection
from storage.deliveries import worked_on
from storage.engine import Store
from storage.intake import Delivery, Intake, intake_of, pack, unpack
from tests.storage.queue_rows import holding

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def delivery(guid: str, lock: str | None = "repository:7") -> Delivery:
    return Delivery(guid, "issue_comment", b'{"action": "created"}', NOW, lock)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.binary())
def test_a_payload_unpacks_to_what_was_packed(event: str, body: bytes) -> None:
    assert unpack(pack(event, body)) == (event, body)


def test_json_takes_a_fraction_of_its_size_on_disk() -> None:
    body = msgspec.json.encode(
        {f"{part}_url": f"https://api.example.com/repos/basalt/quarry/{part}" for part in range(200)}
    )
    assert len(pack("push", body)) < len(body) / 3


async def test_a_delivery_becomes_a_job_with_its_event_and_its_body_as_it_came(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        assert await intake.remember(delivery("a"))
        job = await queue.claim(jobs_store, NOW, LEASE)
    assert job is not None
    assert (job.kind, job.key, job.lock, job.created_at) == ("delivery", "a", "repository:7", NOW)
    assert unpack(job.payload) == ("issue_comment", b'{"action": "created"}')


async def test_a_delivery_that_comes_again_is_known(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        assert await asyncio.gather(*(intake.remember(delivery("a")) for _ in range(3))) == [True, False, False]
        job = await queue.claim(jobs_store, NOW, LEASE)
        assert job is not None
        await queue.finish(jobs_store, job, NOW)
        assert not await intake.remember(delivery("a"))
    assert (await jobs_store.read(queue.counts))["done"] == 1


async def test_every_acknowledged_delivery_can_be_read_by_another_connection_at_once(jobs_store: Store) -> None:
    other = await Store.open(jobs_store.url)

    async def send(number: int) -> None:
        assert await intake.remember(delivery(str(number), None))
        assert await other.read(lambda conn: worked_on(conn, [str(number)])) == {str(number)}

    async with intake_of(jobs_store) as intake:
        await asyncio.gather(*(send(number) for number in range(300)))
    await other.close()


def counted(intake: Intake) -> list[int]:
    """Return a list that will hold how many deliveries each transaction kept."""
    batches: list[int] = []
    write = intake.write

    async def counting() -> int:
        batches.append(await write())
        return batches[-1]

    intake.write = counting  # type: ignore[method-assign]
    return batches


async def test_many_waiting_deliveries_share_a_transaction(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        batches = counted(intake)
        await asyncio.gather(*(intake.remember(delivery(str(number))) for number in range(200)))
    assert sum(batches) == 200
    assert len(batches) <= 20  # 200 if each had its own; a slow machine fits fewer into a slice of time


async def test_deliveries_of_one_repository_wait_for_each_other_in_the_order_they_came(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        await asyncio.gather(*(intake.remember(delivery(guid)) for guid in "abc"))
        for guid in "abc":
            job = await queue.claim(jobs_store, NOW, LEASE)
            assert job is not None
            assert job.key == guid
            assert await queue.claim(jobs_store, NOW, LEASE) is None
            await queue.finish(jobs_store, job, NOW)


async def test_a_sender_that_leaves_does_not_take_the_others_with_it(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        tasks = [asyncio.create_task(intake.remember(delivery(str(number)))) for number in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [result for number, result in enumerate(results) if number != 3] == [True] * 9
    assert (await jobs_store.read(queue.counts))["waiting"] == 10


async def test_closing_writes_what_waits_and_refuses_what_comes_after(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        last = asyncio.create_task(intake.remember(delivery("last")))
        await asyncio.sleep(0)
    assert await last
    with pytest.raises(RuntimeError, match="closed"):
        await intake.remember(delivery("too late"))


async def test_what_cannot_be_written_is_not_acknowledged_and_the_next_is(embedded: Store) -> None:
    """A full disk is played by a limit on the file's pages."""
    async with intake_of(embedded) as intake:
        assert intake.connection is not None
        connection = intake.connection
        pages = (await intake.in_thread(lambda: connection.execute("PRAGMA page_count").fetchone()))[0]
        await intake.in_thread(lambda: connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
        big = Delivery("big", "push", random.Random(1).randbytes(200_000), NOW, None)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await intake.remember(big)
        await intake.in_thread(lambda: connection.execute("PRAGMA max_page_count = 1000000").fetchone())
        assert await intake.remember(big)


async def test_only_the_delivery_that_cannot_be_written_is_refused(jobs_store: Store) -> None:
    unwritable = Delivery("unwritable \udcff", "push", b"{}", NOW, None)
    async with intake_of(jobs_store) as intake:
        sending = [delivery("a"), delivery("b"), unwritable, delivery("c")]
        results = await asyncio.gather(*(intake.remember(each) for each in sending), return_exceptions=True)
    assert isinstance(results[2], UnicodeEncodeError)
    assert [results[place] for place in (0, 1, 3)] == [True] * 3
    assert (await jobs_store.read(queue.counts))["waiting"] == 3


async def test_a_job_whose_body_could_not_be_packed_is_not_there(
    jobs_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is written before its body: undoing both is what the rollback is for."""

    def failing(event: str, body: bytes) -> bytes:
        if body == b"bad":
            raise MemoryError("no room to pack")
        return pack(event, body)

    monkeypatch.setattr(storage.intake, "pack", failing)
    async with intake_of(jobs_store) as intake:
        with pytest.raises(MemoryError):
            await intake.remember(Delivery("bad", "push", b"bad", NOW, None))
        assert (await jobs_store.read(queue.counts))["waiting"] == 0
        assert await intake.remember(Delivery("bad", "push", b"{}", NOW, None))


async def test_more_deliveries_than_find_their_places_at_once_still_run_in_order(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.lanes, "COME_DUE", storage.lanes.come_due(3))
    guids = [f"{number:02}" for number in range(10)]
    async with intake_of(embedded) as intake:
        for guid in guids:
            await intake.remember(delivery(guid))
        waiting: list[int] = []
        for guid in guids:
            job = await queue.claim(embedded, NOW, LEASE)
            assert job is not None
            assert job.key == guid
            waiting.append(await unplaced(embedded))
            await queue.finish(embedded, job, NOW)
    assert waiting == [7, 4, 1, 0, 0, 0, 0, 0, 0, 0]


async def unplaced(store: Store) -> int:
    """Return how many deliveries have not got their place behind others yet."""

    async def work(conn: Connection) -> int:
        return int((await conn.exec_driver_sql("SELECT count(*) FROM jobs WHERE state = 'scheduled'")).scalar_one())

    return await store.read(work)


async def test_a_locked_database_refuses_rather_than_forgets(jobs_store: Store) -> None:
    async with intake_of(jobs_store, patience=0.05) as intake:
        with holding(jobs_store):
            refused = await asyncio.gather(*(intake.remember(delivery(guid)) for guid in "abc"), return_exceptions=True)
            assert [str(error) for error in refused] == ["the database was not free in time"] * 3
            assert {type(error) for error in refused} == {TimeoutError}
        intake.patience = 8.0  # a busy machine may take longer than those 50 milliseconds
        assert await intake.remember(delivery("a"))


async def test_a_database_that_is_free_again_in_time_has_cost_nothing_but_the_wait(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        with holding(jobs_store):
            sending = asyncio.create_task(intake.remember(delivery("a")))
            await asyncio.sleep(0.05)
            assert not sending.done()
        assert await sending


async def test_one_that_was_given_up_is_worked_on_once_more_when_it_comes_again(jobs_store: Store) -> None:
    async with intake_of(jobs_store) as intake:
        await intake.remember(delivery("a"))
        for _ in range(2):
            job = await queue.claim(jobs_store, NOW, LEASE)
            assert job is not None
            assert (job.attempts, unpack(job.payload)) == (1, ("issue_comment", b'{"action": "created"}'))
            await queue.bury(jobs_store, job, NOW, "ours")
            assert await asyncio.gather(*(intake.remember(delivery("a")) for _ in range(2))) == [True, False]
    assert (await jobs_store.read(queue.counts))["waiting"] == 1


async def test_what_does_not_fit_into_a_slice_of_time_goes_into_the_next_transaction(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.intake, "SLICE_SECONDS", -1.0)  # every slice is over after its first insert
    async with intake_of(embedded) as intake:
        batches = counted(intake)
        assert all(await asyncio.gather(*(intake.remember(delivery(str(number))) for number in range(5))))
    assert batches == [1] * 5
    assert (await embedded.read(queue.counts))["waiting"] == 5


async def test_deliveries_and_other_writes_take_turns(jobs_store: Store) -> None:
    """While 200 deliveries arrive the worker goes on claiming and finishing; nothing is busy, nothing is lost."""
    finished = 0
    async with intake_of(jobs_store) as intake:
        sending = [asyncio.create_task(intake.remember(delivery(str(n), f"repository:{n % 5}"))) for n in range(200)]
        while finished < 200:
            job = await queue.claim(jobs_store, NOW, LEASE)
            if job is None:
                await asyncio.sleep(0)
                continue
            assert await queue.finish(jobs_store, job, NOW)
            finished += 1
        assert all(await asyncio.gather(*sending))
    assert (await jobs_store.read(queue.counts))["done"] == 200
