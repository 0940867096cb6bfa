"""Subscriptions to reports: what the settings file wants, what was asked for in a comment, and which of them holds.

While a repository's own file says `reports:`, it alone has the say, and what was asked for in comments rests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reports.digest_order import read, written
from reports.schedule import Schedule, next_due
from storage.connection import Connection
from storage.subscriptions import (
    Source,
    Subscription,
    forget_subscriptions,
    save_subscription,
    subscriptions_of,
)

Wanted = Sequence[tuple[Schedule, int | None]]
FILE: Source = "file"
COMMAND: Source = "command"


async def follow_file(conn: Connection, repository_id: int, wanted: Wanted | None, now: datetime) -> None:
    """Make the stored subscriptions what a repository's file wants; None where it says nothing of reports.

    What is new or changed holds from now on, what is gone ends; what is as it was stays, an end with a reason too.
    """
    known = {(one.source, one.slot): one for one in await subscriptions_of(conn, repository_id)}
    for schedule, number in wanted or ():
        before = known.get((FILE, schedule.slot))
        if before is None or (before.schedule, before.number) != (written(schedule), number):
            await save_subscription(conn, subscribed(repository_id, FILE, schedule, number, now, before))
    keep = [schedule.slot for schedule, _ in wanted or ()]
    await forget_subscriptions(conn, repository_id, FILE, keep)
    for one in known.values():
        if one.source == COMMAND and one.rests != (wanted is not None):
            await save_subscription(conn, resting(one) if wanted is not None else woken(one, now))


async def subscribe(
    conn: Connection, repository_id: int, schedule: Schedule, number: int | None, now: datetime
) -> Subscription:
    """Store what somebody asked for in a comment, in place of what was asked for of the same kind before."""
    known = {(one.source, one.slot): one for one in await subscriptions_of(conn, repository_id)}
    made = subscribed(repository_id, COMMAND, schedule, number, now, known.get((COMMAND, schedule.slot)))
    await save_subscription(conn, made)
    return made


def subscribed(  # noqa: PLR0917 - a row's columns
    repository_id: int, source: Source, schedule: Schedule, number: int | None, now: datetime,
    before: Subscription | None,
) -> Subscription:  # fmt: skip
    """Return a subscription that holds from now on; what was due before it changed is still written."""
    following = next_due(schedule, now).at
    waits = before.next_at if before is not None and before.next_at is not None and before.next_at <= now else None
    return Subscription(repository_id, source, schedule.slot, written(schedule), number, now, waits or following)


def resting(one: Subscription) -> Subscription:
    """Return a subscription of a comment while the file has the say."""
    return replace(one, rests=True, next_at=None)


def woken(one: Subscription, now: datetime) -> Subscription:
    """Return a subscription of a comment once the file says nothing of reports any more."""
    due = None if one.ended_at is not None else next_due(read(one.schedule), now).at
    return replace(one, rests=False, since=now, next_at=due)
