"""Order reports: a job for each that is due, or that somebody wants now, once however many order it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from reports.schedule import Due, Schedule, last_due, next_due, unit_key
from storage.connection import Connection
from storage.queue import NewJob, put
from storage.subscriptions import Subscription, due_subscriptions, note_next, note_reason

KIND = "digest"
PRIORITY = 1  # below every delivery: people go first
MOST = 200  # reports in one transaction
MOST_FAILED = 3  # times that a report is ordered once more after its job was given up
REST = timedelta(hours=6)  # what fails for three minutes may fail for an hour: a full disk, a defect that is mended


class Order(msgspec.Struct, frozen=True):
    """What a report's job carries.

    source: whose subscription it is, empty where the schedule is given · schedule: JSON, of a report that nobody is
    subscribed to · number: the thread that such a one goes to · again: it is written anew even if it is there already ·
    failed: how often its job was given up.
    """

    repository: int
    slot: str
    source: str
    period: str
    schedule: str = ""
    number: int | None = None
    again: bool = False
    failed: int = 0


def written(schedule: Schedule) -> str:
    """Return a schedule as it is stored."""
    return msgspec.json.encode(schedule, order="sorted").decode()


def read(text: str) -> Schedule:
    """Return a stored schedule."""
    return msgspec.json.decode(text, type=Schedule)


def job_for(order: Order, mark: str) -> NewJob:
    """Return the job that writes a report. mark: what tells it from another job of the same report."""
    key = f"{order.repository}:{order.slot}:{order.period}:{mark}"
    return NewJob(KIND, key, msgspec.json.encode(order), f"repository:{order.repository}", PRIORITY)


async def order_due(conn: Connection, now: datetime) -> int:
    """Put a job for each subscription whose time has come, and note when it is due next; return how many were new.

    After an outage the newest report is written; those that it missed before are not.
    """
    jobs = []
    for known in await due_subscriptions(conn, now, MOST):
        schedule = read(known.schedule)
        due = last_due(schedule, now)
        noted = await note_next(conn, known, next_due(schedule, now).at)
        if noted and known.next_at is not None and known.next_at <= now:
            jobs.append(job_for(of(known, due), f"{due.at:%Y%m%dT%H%M}"))
    return await put(conn, jobs, now)


async def order_once_more(conn: Connection, order: Order, key: str, now: datetime) -> None:
    """Put a job for a report whose job was given up, some hours later, and note what `/analytics status` says then.

    key: the key of that job, from which the new one has its own.
    """
    reason = f"the one about {order.period} could not be written"
    if order.failed < MOST_FAILED:
        reason = f"{reason} yet and is tried again within {REST // timedelta(hours=1)} hours"
        once_more = msgspec.json.encode(msgspec.structs.replace(order, failed=order.failed + 1))
        lock = f"repository:{order.repository}"
        await put(conn, [NewJob(KIND, f"{key}:again", once_more, lock, PRIORITY, now + REST)], now)
    if order.source:
        await note_reason(conn, order.repository, order.source, order.slot, reason)


async def order_now(
    conn: Connection, subscriptions: Iterable[Subscription], extra: tuple[int, Schedule, int | None] | None,
    mark: str, now: datetime,
) -> list[Due]:  # fmt: skip
    """Put a job for the newest report of each of these, and for one that nobody is subscribed to; return what is due.

    extra: repository, schedule and thread of that one.
    """
    orders: list[tuple[Order, Due]] = []
    for known in subscriptions:
        due = last_due(read(known.schedule), now)
        orders.append((of(known, due, again=True), due))
    if extra is not None:
        repository, schedule, number = extra
        due = last_due(schedule, now)
        order = Order(repository, schedule.slot, "", unit_key(due.period), written(schedule), number, again=True)
        orders.append((order, due))
    await put(conn, [job_for(order, f"now-{mark}") for order, _ in orders], now)
    return [due for _, due in orders]


def of(known: Subscription, due: Due, *, again: bool = False) -> Order:
    """Return the order of one report of a subscription."""
    return Order(known.repository_id, known.slot, known.source, unit_key(due.period), again=again)
