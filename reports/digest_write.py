"""Write one report: look whether it is still wanted, compose it, put it in place, close the one before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import structlog

from analytics.words import speaking
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.own_issues import issue
from reports.answering import ref
from reports.digest_after import close, end_archived, forget, reason_for, revive, stop
from reports.digest_assignment import Assignment, assigned
from reports.digest_body import Report, body, comment_body, reference, title
from reports.digest_compose import Composed, Writing, compose
from reports.digest_order import Order
from reports.digest_publish import POSTED, ReportPublication, label_is_there
from reports.reading_on import read_on
from reports.schedule import unit_key
from reports.services import Services
from storage.connection import Connection
from storage.installations import repository as stored
from storage.pictures import delete_pictures
from storage.written_reports import (
    WrittenReport,
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

Done = TypeVar("Done")

log = structlog.get_logger(__name__)


async def write(services: Services, order: Order, still_ours: Callable[[], Awaitable[bool]]) -> Composed | None:
    """Write the report of an order, unless it is not wanted any more or there already.

    Returns what was written. Raises Later where GitHub has no room for it now, Gone where the repository is.
    """
    found = await services.store.read(lambda conn: stored(conn, order.repository))
    if found is None or found.removed_at is not None:
        return None
    if found.archived:
        await end_archived(services, order)
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
    composed = await compose(
        Writing(
            services, github, repository, assignment.schedule, assignment.due, assignment.configuration,
            services.now().replace(microsecond=0), record.key,
        )
    )  # fmt: skip
    publication = ReportPublication(
        services.store, github, ref(repository), replace(record, period=unit_key(assignment.due.period)),
        services.identity, services.now, services.sleep, still_ours, assignment.number,
        rolling=assignment.schedule.rolling,
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
                services,
                assignment,
                error,
                f"the report before, #{linked.number if linked else 0}, cannot be found any more",
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
    if assignment.schedule.rolling and record.closed_at is not None:
        await services.store.write(lambda conn: note_closed(conn, record.key, None))
    await close(services, github, assignment, publication.record, before)
    await revive(services, assignment)
    await read_on(services, composed.unfinished)
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
