"""What follows once a report is written, or cannot be: those before it are closed, its subscription goes on or ends."""

from __future__ import annotations

from dataclasses import replace

import structlog

from github.client import GitHub
from github.errors import Gone, Refused
from github.writes.issues import close_issue
from reports.answering import ref
from reports.digest_assignment import Assignment
from reports.digest_order import Order
from reports.schedule import next_due
from reports.services import Services
from storage.connection import Connection
from storage.subscriptions import end_subscription, note_reason, save_subscription, subscription
from storage.written_reports import WrittenReport, forget_report, note_closed

MOST_CLOSED = 3  # reports before: more than one are there where a process died between two steps

log = structlog.get_logger(__name__)


async def forget(services: Services, gone: WrittenReport | None) -> None:
    """Forget a report that is gone, so that it does not stand in the way of the next."""
    if gone is not None:
        key = gone.key
        await services.store.write(lambda conn: forget_report(conn, key))


async def revive(services: Services, assignment: Assignment) -> None:
    """Let a subscription that had ended by itself go on: somebody wanted a report of it, and it could be written.

    Of one that goes on it is not said any more that a report could not be written.
    """
    known, now = assignment.known, services.now()
    if known is None:
        return
    if known.ended_at is None and known.reason is not None:
        await services.store.write(lambda conn: note_reason(conn, known.repository_id, known.source, known.slot, None))
    elif known.ended_at is not None:
        going = replace(known, ended_at=None, reason=None, since=now, next_at=next_due(assignment.schedule, now).at)
        await services.store.write(lambda conn: save_subscription(conn, going))


async def close(
    services: Services, github: GitHub, assignment: Assignment, record: WrittenReport, before: list[WrittenReport]
) -> None:
    """Close the reports before this one that are issues of their own; one that is closed or gone stays so."""
    for one in [one for one in before if one.comment_id is None and one.closed_at is None][:MOST_CLOSED]:
        if one.number is None or one.number == record.number or one.created_at > record.created_at:
            continue
        try:
            await close_issue(github, ref(assignment.repository), one.number)
        except Gone:
            log.info("a report before is gone", repository=assignment.repository.id, number=one.number)
        key, now = one.key, services.now()
        await services.store.write(lambda conn, key=key, now=now: note_closed(conn, key, now))  # type: ignore[misc]


async def end_archived(services: Services, order: Order) -> None:
    """End a subscription in a repository that was archived, where nothing can be written."""
    now = services.now()

    async def work(conn: Connection) -> None:
        known = await subscription(conn, order.repository, order.source, order.slot)
        if known is not None and known.active:
            await end_subscription(conn, known, now, "the repository is archived")

    await services.store.write(work)


async def stop(services: Services, assignment: Assignment, error: Gone | Refused, reason: str) -> None:
    """End a subscription whose reports cannot be put in place any more; `/analytics status` says why."""
    known, now = assignment.known, services.now()
    log.info("reports end", repository=assignment.repository.id, slot=assignment.schedule.slot, reason=error.reason)
    if known is not None:
        if isinstance(error, Refused):
            needed = f" (it needs the permission {error.permission})" if error.permission else ""
            reason = f"GitHub does not let the App write them{needed}"
        await services.store.write(lambda conn: end_subscription(conn, known, now, reason))


def reason_for(assignment: Assignment, record: WrittenReport) -> str:
    """Return in one clause why reports ended that could not be put in place."""
    if assignment.number is not None:
        return f"the thread #{assignment.number} that they went to cannot be found any more"
    if record.number is not None:
        return f"their issue, #{record.number}, cannot be found any more"
    return "the repository has no issues any more"
