"""Write one report: look whether it is still wanted, compose it, put it in place, close the one before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from analytics.words import speaking
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.own_issues import issue
from github.writes.issues import close_issue
from reports.answering import ref
from reports.configuration import Configuration
from reports.configured import configuration_for
from reports.digest_body import Report, body, comment_body, reference, title
from reports.digest_compose import Composed, Writing, compose
from reports.digest_order import Order, read
from reports.digest_publish import POSTED, ReportPublication, label_is_there
from reports.schedule import Due, Schedule, last_due, next_due, unit_key, unit_of
from reports.services import Services
from reports.subscribing import follow_file
from storage.connection import Connection
from storage.installations import Repository
from storage.installations import repository as stored
from storage.pictures import delete_pictures
from storage.subscriptions import Subscription, end_subscription, save_subscription, subscription
from storage.written_reports import (
    WrittenReport,
    forget_report,
    note_closed,
    reports_of,
    save_report,
    written_report,
)

BEGUN = "begun"
NO_ROOM = timedelta(minutes=10)
LEAST_ROOM = timedelta(seconds=20)  # a report that would have to wait for longer comes again
SOON = timedelta(seconds=10)
TURNS = 5
FORBIDDEN = 403
MOST_CLOSED = 3  # reports before: more than one are there where a process died between two steps

Done = TypeVar("Done")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Assignment:
    """A report that is to be written, after everything about it was looked up again.

    known: the subscription, None of a report that was asked for once · number: the thread it goes to, if to one ·
    again: somebody wants it now, be it there or not.
    """

    repository: Repository
    schedule: Schedule
    due: Due
    number: int | None
    known: Subscription | None
    configuration: Configuration
    again: bool

    @property
    def key(self) -> str:
        """The report's hidden key; one that is edited each time keeps its own."""
        name = "rolling" if self.schedule.rolling else unit_key(self.due.period).lower()
        return f"report-{self.repository.id}-{self.schedule.slot}-{name}"

    @property
    def stop(self) -> str:
        """What ends these reports."""
        if self.known is not None and self.known.source == "file":
            return "`reports:` in `.github/analytics.yml` says when"
        return "`/analytics report off` ends them"


async def write(services: Services, order: Order, still_ours: Callable[[], Awaitable[bool]]) -> Composed | None:
    """Write the report of an order, unless it is not wanted any more or there already.

    Returns what was written. Raises Later where GitHub has no room for it now, Gone where the repository is.
    """
    found = await services.store.read(lambda conn: stored(conn, order.repository))
    if found is None or found.removed_at is not None or found.archived:
        return None
    github = services.github(found.installation_id, found.id).unasked()
    assignment = await assigned(services, found, order)
    if assignment is None:
        return None
    record, before = await begun(services, assignment)
    if record.state == POSTED and record.period == unit_key(assignment.due.period) and not assignment.again:
        await close(services, github, assignment, record, before)
        return None
    if not github.background_allowed() or github.write_delay() > LEAST_ROOM:
        raise Later(services.now() + NO_ROOM, "reports leave the limits to people's questions")
    return await written(services, github, assignment, record, before, still_ours)


async def assigned(services: Services, repository: Repository, order: Order) -> Assignment | None:
    """Look up what is wanted now: the settings may have changed since the report was ordered."""
    owners = services.github(repository.installation_id)
    found = await configuration_for(services, owners, repository)
    now = services.now()
    await services.store.write(lambda conn: follow_file(conn, repository.id, found.reports, now))
    if not order.source:
        schedule = read(order.schedule)
        return Assignment(repository, schedule, due_of(order), order.number, None, found, order.again)
    known = await services.store.read(lambda conn: subscription(conn, repository.id, order.source, order.slot))
    if known is None or known.rests or (known.ended_at is not None and not order.again):
        return None
    schedule = read(known.schedule)
    if not order.again and unit_key(last_due(schedule, now).period) < order.period:
        return None  # it was put off by now, and is due later
    return Assignment(repository, schedule, due_of(order), known.number, known, found, order.again)


def due_of(order: Order) -> Due:
    """Return the report of an order's period; when it was due does not matter any more."""
    unit = unit_of(order.period)
    return Due(unit.end, unit)


async def begun(services: Services, assignment: Assignment) -> tuple[WrittenReport, list[WrittenReport]]:
    """Return the report as it is stored, noted as begun if it is new, and those before it, the newest first."""
    key, now = assignment.key, services.now()
    slot, period = assignment.schedule.slot, unit_key(assignment.due.period)

    async def work(conn: Connection) -> tuple[WrittenReport, list[WrittenReport]]:
        known = await written_report(conn, key)
        if known is None:
            known = WrittenReport(key, assignment.repository.id, slot, period, BEGUN, None, None, now, now)
            await save_report(conn, known)
        return known, [one for one in await reports_of(conn, assignment.repository.id, slot) if one.key != key]

    return await services.store.write(work)


async def written(  # noqa: PLR0917 - the world, what is to be written and how far that has come
    services: Services,
    github: GitHub,
    assignment: Assignment,
    record: WrittenReport,
    before: list[WrittenReport],
    still_ours: Callable[[], Awaitable[bool]],
) -> Composed | None:
    """Compose the report and put it in place; where that is not possible any more, these reports end quietly."""
    repository = assignment.repository
    last = next((one for one in before if one.comment_id is None), None)
    own = frozenset(one.number for one in [*before, record] if one.number is not None and one.comment_id is None)
    composed = await compose(
        Writing(
            services, github, repository, assignment.schedule, assignment.due, assignment.configuration,
            services.now().replace(microsecond=0), record.key, own,
        )
    )  # fmt: skip
    publication = ReportPublication(
        services.store, github, ref(repository), replace(record, period=unit_key(assignment.due.period)),
        services.identity, services.now, services.sleep, still_ours, assignment.number,
    )  # fmt: skip
    linked = None if last is None or assignment.schedule.rolling else last
    try:
        if linked is not None:
            await issue(github, ref(repository), linked.number or 0)
    except (Gone, Refused) as error:
        if isinstance(error, Gone):
            await forget(services, linked)
        if not assignment.again:
            await stop(
                services, assignment, error, f"the report before, #{linked.number if linked else 0}, was deleted"
            )
            return None
        linked = None
    number = None if linked is None else linked.number
    previous = None if number is None else reference(github.endpoints.web, repository.full_name, number)
    report = replace(composed.report, previous=previous, stop=assignment.stop)
    try:
        await put(services, assignment, publication, report, first=not before)
    except (Gone, Refused) as error:
        if isinstance(error, Refused) and error.status != FORBIDDEN:
            raise
        if isinstance(error, Gone):
            await forget(services, publication.record)
        await stop(services, assignment, error, reason_for(assignment, publication.record))
        return None
    await services.store.write(lambda conn: delete_pictures(conn, record.key, composed.addresses))
    await close(services, github, assignment, publication.record, before)
    await revive(services, assignment)
    log.info("a report was written", repository=repository.id, slot=record.slot, period=record.period)
    return composed


async def put(
    services: Services, assignment: Assignment, publication: ReportPublication, report: Report, *, first: bool
) -> None:
    """Put the report in place; one that somebody deleted and wants now is created anew."""
    key = publication.record.key
    with speaking(assignment.configuration.terms.language):
        name = title(report)
        text = comment_body(report, key) if assignment.number is not None else body(report, key)
    if assignment.number is None and first and not publication.is_there:
        publication.label = await in_turn(services, lambda: label_is_there(publication.github, publication.repository))
    was_there = publication.is_there
    try:
        await in_turn(services, lambda: publication.put(name, text))
    except Gone:
        if not assignment.again or not was_there:
            raise
        await forget(services, publication.record)
        publication.record = replace(publication.record, state=BEGUN, number=None, comment_id=None)
        await in_turn(services, lambda: publication.put(name, text))


async def in_turn(services: Services, act: Callable[[], Awaitable[Done]]) -> Done:
    """Write once it is a report's turn, if that is soon: what has been composed need not be composed again."""
    for _ in range(TURNS):
        try:
            return await act()
        except Later as later:
            wait = later.until - services.now()
            if wait > SOON:
                raise
            await services.sleep(max(0.0, wait.total_seconds()))
    return await act()


async def forget(services: Services, gone: WrittenReport | None) -> None:
    """Forget a report that is gone, so that it does not stand in the way of the next."""
    if gone is not None:
        key = gone.key
        await services.store.write(lambda conn: forget_report(conn, key))


async def revive(services: Services, assignment: Assignment) -> None:
    """Let a subscription that had ended by itself go on: somebody wanted a report of it, and it could be written."""
    known, now = assignment.known, services.now()
    if known is not None and known.ended_at is not None:
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
        return f"the thread #{assignment.number} that they went to is gone"
    if record.number is not None:
        return f"their issue, #{record.number}, was deleted"
    return "the repository has no issues any more"
