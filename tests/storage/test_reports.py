"""Which reports are wanted, which are due, which were written: the same on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import ScalarSelect, Table, select

from reports.digest_order import MOST_FAILED, REST, Order, job_for, order_due, order_now, order_once_more, read, written
from reports.schedule import Schedule
from reports.subscribing import follow_file, subscribe
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, save_installation, save_repository
from storage.jobs_seen import jobs_in
from storage.report_due import FARTHEST, any_report_due
from storage.schema import payloads
from storage.subscriptions import (
    due_subscriptions,
    end_subscription,
    forget_subscriptions,
    note_next,
    note_reason,
    subscription,
    subscriptions_of,
)
from storage.written_reports import (
    WrittenReport,
    forget_report,
    note_closed,
    reports_of,
    save_report,
    written_report,
)
from tests.storage import ask
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY

SUNDAY = datetime(2026, 11, 22, 8, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
WEEKLY, MONTHLY = Schedule("weekly"), Schedule("monthly", metrics=("pulls",), place="thread")
ID = REPOSITORY.id


def payload_of(jobs: Table) -> ScalarSelect[bytes]:
    return select(payloads.c.body).where(payloads.c.job_id == jobs.c.id).scalar_subquery()


async def ordered(conn: Connection) -> list[tuple[str, datetime, Order]]:
    """Return the key, the time and the order of each job, oldest first."""
    jobs = jobs_in(conn)
    body = jobs.c.body if "body" in jobs.c else payload_of(jobs)
    rows = await conn.execute(select(jobs.c.key, jobs.c.run_at, body).order_by(jobs.c.id))
    return [(key, at, msgspec.json.decode(body, type=Order)) for key, at, body in rows]


async def test_a_subscription_is_stored_replaced_and_ended(store: Store) -> None:
    made = await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    assert (made.next_at, made.active) == (MONDAY, True)
    assert await ask.read(store, subscription, ID, "command", "weekly") == made
    threaded = await write(store, subscribe, ID, replace(WEEKLY, place="thread", at=600), 12, SUNDAY)
    await write(store, subscribe, ID, MONTHLY, 12, SUNDAY)
    assert [one.slot for one in await ask.read(store, subscriptions_of, ID)] == ["monthly", "weekly"]
    assert await ask.read(store, subscription, ID, "command", "weekly") == threaded
    assert read(threaded.schedule).at == 600

    await write(store, note_reason, ID, "command", "weekly", "the one about 2026-W46 could not be written")
    noted = await ask.read(store, subscription, ID, "command", "weekly")
    assert noted is not None
    assert (noted.reason, noted.active) == ("the one about 2026-W46 could not be written", True)
    await write(store, end_subscription, noted, SUNDAY, "the repository is archived")
    await write(store, note_reason, ID, "command", "weekly", None)
    ended = await ask.read(store, subscription, ID, "command", "weekly")
    assert ended == replace(noted, ended_at=SUNDAY, reason="the repository is archived", next_at=None)

    await write(store, forget_subscriptions, ID, "command", ["monthly"])
    assert [one.slot for one in await ask.read(store, subscriptions_of, ID)] == ["monthly"]


async def test_while_the_file_speaks_comments_rest(store: Store) -> None:
    await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    await write(store, follow_file, ID, [(MONTHLY, 12)], SUNDAY)
    resting, file = await ask.read(store, subscriptions_of, ID)
    assert (resting.source, resting.rests, resting.next_at) == ("command", True, None)
    assert (file.source, file.schedule, file.number) == ("file", written(MONTHLY), 12)
    await write(store, follow_file, ID, [(MONTHLY, 12)], SUNDAY + WEEK)
    assert (await ask.read(store, subscriptions_of, ID))[1] == file, "what is as it was stays"
    await write(store, follow_file, ID, None, SUNDAY + WEEK)
    (woken,) = await ask.read(store, subscriptions_of, ID)
    assert (woken.rests, woken.next_at) == (False, MONDAY + WEEK)


async def test_what_is_due_is_ordered_once(store: Store) -> None:
    await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    assert not await ask.read(store, any_report_due, SUNDAY)
    assert await write(store, order_due, SUNDAY) == 0
    assert await ask.read(store, any_report_due, MONDAY)
    assert [await write(store, order_due, MONDAY + MINUTE) for _ in range(2)] == [1, 0]
    assert not await ask.read(store, any_report_due, MONDAY + MINUTE)
    (job,) = await ask.read(store, ordered)
    assert job == (f"{ID}:weekly:2026-W47:20261123T0900", MONDAY + MINUTE, Order(ID, "weekly", "command", "2026-W47"))
    assert await write(store, order_due, MONDAY + 3 * WEEK) == 1, "of those missed only the newest is written"
    assert [order.period for _, _, order in await ask.read(store, ordered)] == ["2026-W47", "2026-W50"]


async def test_two_servers_that_saw_the_same_note_it_once(store: Store) -> None:
    known = await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    assert [await write(store, note_next, known, MONDAY + WEEK) for _ in range(2)] == [True, False]


async def test_nothing_is_due_of_what_github_refuses_or_does_not_show(store: Store) -> None:
    await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    owner = Installation(REPOSITORY.installation_id, "quartz", 1, "Organization")
    for suspended, removed, due in ((None, None, 1), (SUNDAY, None, 0), (None, SUNDAY, 0), (None, None, 1)):
        await write(store, save_installation, replace(owner, suspended_at=suspended))
        await write(store, save_repository, replace(REPOSITORY, removed_at=removed))
        assert len(await ask.read(store, due_subscriptions, MONDAY, 10)) == due


async def test_what_a_wrong_clock_has_put_off_is_put_right(store: Store) -> None:
    known = await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    await write(store, note_next, known, SUNDAY + FARTHEST + WEEK)
    assert await ask.read(store, any_report_due, SUNDAY)
    assert await write(store, order_due, SUNDAY) == 0
    (right,) = await ask.read(store, subscriptions_of, ID)
    assert right.next_at == MONDAY


async def test_a_report_that_is_wanted_now_is_ordered_for_each_wish(store: Store) -> None:
    known = await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    for mark in ("77", "77", "78"):
        (due,) = await write(store, order_now, [known], None, mark, SUNDAY)
        assert due.period.begin == datetime(2026, 11, 9, tzinfo=UTC)
    await write(store, order_now, [], (ID, MONTHLY, 5), "79", SUNDAY)
    found = await ask.read(store, ordered)
    wanted = Order(ID, "weekly", "command", "2026-W46", again=True)
    once = Order(ID, "monthly", "", "2026-10", written(MONTHLY), 5, again=True)
    assert [order for _, _, order in found] == [wanted, wanted, once]


@pytest.mark.parametrize("failed", range(MOST_FAILED + 1))
async def test_what_failed_is_ordered_once_more_three_times(store: Store, failed: int) -> None:
    await write(store, subscribe, ID, WEEKLY, None, SUNDAY)
    order = Order(ID, "weekly", "command", "2026-W46", failed=failed)
    key = job_for(order, "now-77").key
    for _ in range(2):
        await write(store, order_once_more, order, key, SUNDAY)
    (known,) = await ask.read(store, subscriptions_of, ID)
    found = await ask.read(store, ordered)
    assert known.reason is not None
    assert known.reason.startswith("the one about 2026-W46 could not be written")
    if failed == MOST_FAILED:
        assert found == []
        assert known.reason.endswith("written")
        return
    assert found == [(f"{key}:again", SUNDAY + REST, msgspec.structs.replace(order, failed=failed + 1))]
    assert known.reason.endswith("yet and is tried again within 6 hours")


async def test_a_written_report_keeps_what_is_known_of_it(store: Store) -> None:
    begun = WrittenReport("report-7-weekly-2026-w46", ID, "weekly", "2026-W46", "begun", None, None, SUNDAY, SUNDAY)
    await write(store, save_report, begun)
    assert await ask.read(store, reports_of, ID) == [], "GitHub has it not"
    posted = replace(begun, state="posted", number=31, updated_at=MONDAY)
    await write(store, save_report, posted)
    await write(store, save_report, replace(begun, state="posting", created_at=MONDAY))
    kept = await ask.read(store, written_report, begun.key)
    assert kept == replace(begun, state="posting", number=31), "neither its number nor its beginning is forgotten"

    after = WrittenReport("b", ID, "weekly", "2026-W47", "posted", 12, 99, MONDAY, MONDAY)
    other = replace(after, key="c", slot="monthly", created_at=MONDAY + WEEK)
    for one in (after, other):
        await write(store, save_report, one)
    assert [one.key for one in await ask.read(store, reports_of, ID)] == ["c", "b", begun.key]
    assert [one.key for one in await ask.read(store, reports_of, ID, "weekly")] == ["b", begun.key]

    await write(store, note_closed, begun.key, MONDAY)
    closed = await ask.read(store, written_report, begun.key)
    assert closed is not None
    assert closed.closed_at == MONDAY
    await write(store, note_closed, begun.key, None)
    await write(store, forget_report, "b")
    assert [(one.key, one.closed_at) for one in await ask.read(store, reports_of, ID)] == [
        ("c", None), (begun.key, None)
    ]  # fmt: skip
