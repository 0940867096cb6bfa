"""Periodic reports: a job for each that is due, the job that writes one, and the one that looks for wanted ones.

The daily job that has them looked for everywhere is in `scheduler.settings`, and needs nothing of this.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import structlog

from github.errors import Gone, Later
from reports.configured import configuration_for
from reports.digest_order import MOST, Order, order_due, order_once_more
from reports.digest_write import write
from reports.services import Services
from reports.settings_looks import Look, look_at
from reports.subscribing import follow_file
from storage import queue
from storage.engine import Store
from storage.installations import Repository, installation, repositories_of, repository
from storage.queue import Job, put

LEASE = timedelta(minutes=2)
NO_BUDGET = timedelta(minutes=10)
PATIENCE = timedelta(hours=6)  # that one repository holds up those after it
AHEAD = timedelta(minutes=10)  # what is ordered further ahead was ordered by a clock that stood wrong
AT_ONCE = 100  # repositories that one job reads: what is lost with a process that dies

log = structlog.get_logger(__name__)


async def plan_digests(store: Store, now: datetime) -> int:
    """Put a job for each report that is due; return how many were new."""
    ordered = 0
    while new := await store.write(lambda conn: order_due(conn, now)):
        ordered += new
        if new < MOST:
            break
    return ordered


async def digest(services: Services, job: Job) -> None:
    """Write the report of an order. Raises Later where GitHub has no room for it now.

    One that was ordered by another server, whose clock is a little ahead, waits until it is that late here: by this
    clock its period may not be over yet, and it would not be wanted.
    """
    if timedelta(0) < job.created_at - services.now() <= AHEAD:
        raise Later(job.created_at, "the clock of the server that ordered this report is ahead of this one's")

    async def still_ours() -> bool:
        return await queue.extend(services.store, job, services.now(), LEASE)

    await write(services, msgspec.json.decode(job.payload, type=Order), still_ours)


async def give_up(services: Services, job: Job) -> None:
    """Order a report once more whose job has failed to the end: its period must not pass without a word."""
    order = msgspec.json.decode(job.payload, type=Order)
    await services.store.write(lambda conn: order_once_more(conn, order, job.key, services.now()))


async def look(services: Services, job: Job) -> None:
    """Read the settings of one repository, or of an installation's, as the job's payload says; raises Later."""
    wanted = msgspec.json.decode(job.payload, type=Look)
    if wanted.repository is not None:
        one = wanted.repository
        found = await services.store.read(lambda conn: repository(conn, one))
        if found is not None and found.removed_at is None:
            await followed(services, found, job)
    elif wanted.installation is not None:
        await look_through(services, job, wanted, wanted.installation)


async def look_through(services: Services, job: Job, wanted: Look, installation_id: int) -> None:
    """Read the settings of an installation's next hundred repositories, by id, and leave the rest to another job.

    So none is read twice in one look, wherever GitHub puts it off. Raises Later where it is put off at its beginning.
    """
    owner = await services.store.read(lambda conn: installation(conn, installation_id))
    if owner is None or owner.removed_at is not None or owner.suspended_at is not None:
        return
    if owner.listed_at is None:
        raise Later(services.now() + NO_BUDGET, "the installation's repositories have not been listed yet")
    repositories = await services.store.read(lambda conn: repositories_of(conn, owner.id))
    left = sorted((one for one in repositories if one.id > wanted.after), key=lambda one: one.id)
    reached, until = wanted.after, services.now()
    for one in left[:AT_ONCE]:
        try:
            await followed(services, one, job)
        except Later as later:
            if reached == wanted.after:
                raise
            until = later.until
            break
        reached = one.id
    if left and reached < left[-1].id:
        following = look_at(owner.id, wanted.mark, reached, until)
        await services.store.write(lambda conn: put(conn, [following], services.now()))
        services.wakeup.set()


async def followed(services: Services, one: Repository, job: Job) -> None:
    """Read one repository's settings; one that cannot be had for hours is passed over."""
    if not services.github(one.installation_id).background_allowed():
        raise Later(services.now() + NO_BUDGET, "half of the hourly limit is left to people's questions")
    try:
        await follow(services, one)
    except Later as later:
        if services.now() - job.created_at < PATIENCE:
            raise
        log.warning("a repository's settings could not be read", repository=one.id, reason=later.reason)


async def follow(services: Services, one: Repository) -> None:
    """Read a repository's settings, and make its subscriptions what they say."""
    if one.archived:
        return
    try:
        found = await configuration_for(services, services.github(one.installation_id), one)
    except Gone as gone:
        log.info("a repository's settings cannot be read", repository=one.id, reason=gone.reason)
        return
    now = services.now()
    await services.store.write(lambda conn: follow_file(conn, one.id, found.reports, now))
