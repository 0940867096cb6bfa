"""Periodic reports: a job for each that is due, the job that writes one, and the one that looks for wanted ones."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import structlog

from github.errors import Gone, Later
from reports.configured import configuration_for
from reports.digest_order import MOST, Order, order_due
from reports.digest_write import write
from reports.services import Services
from reports.subscribing import follow_file
from scheduler.plan import SETTINGS
from storage import queue
from storage.engine import Store
from storage.installations import Repository, all_installations, installation, repositories_of, repository
from storage.queue import Job, NewJob, put

PRIORITY = 0  # below everything: a file that says `reports:` is written once, and read every day
LEASE = timedelta(minutes=2)
NO_BUDGET = timedelta(minutes=10)

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
    """Write the report of an order. Raises Later where GitHub has no room for it now."""

    async def still_ours() -> bool:
        return await queue.extend(services.store, job, services.now(), LEASE)

    await write(services, msgspec.json.decode(job.payload, type=Order), still_ours)


async def look(services: Services, job: Job) -> None:
    """Read the settings of one repository, or put a job for each installation, whose repositories are then read."""
    if not job.payload:
        await look_everywhere(services, job)
        return
    wanted = msgspec.json.decode(job.payload, type=dict[str, int])
    if "repository" in wanted:
        found = await services.store.read(lambda conn: repository(conn, wanted["repository"]))
        repositories = [] if found is None or found.removed_at is not None else [found]
    else:
        owner = await services.store.read(lambda conn: installation(conn, wanted["installation"]))
        if owner is None or owner.removed_at is not None:
            return
        if owner.listed_at is None:
            raise Later(services.now() + NO_BUDGET, "the installation's repositories have not been listed yet")
        repositories = await services.store.read(lambda conn: repositories_of(conn, owner.id))
    for one in repositories:
        await follow(services, one)


async def look_everywhere(services: Services, job: Job) -> None:
    """Put a job for each installation."""
    now = services.now()
    found = [one for one in await services.store.read(all_installations) if one.suspended_at is None]
    jobs = [
        NewJob(
            SETTINGS,
            f"{one.id}:{job.key}",
            msgspec.json.encode({"installation": one.id}),
            f"installation:{one.id}:{SETTINGS}",
            PRIORITY,
        )
        for one in found
    ]
    await services.store.write(lambda conn: put(conn, jobs, now))


async def follow(services: Services, one: Repository) -> None:
    """Read a repository's settings, and make its subscriptions what they say."""
    if one.archived:
        return
    owners = services.github(one.installation_id)
    if not owners.background_allowed():
        raise Later(services.now() + NO_BUDGET, "half of the hourly limit is left to people's questions")
    try:
        found = await configuration_for(services, owners, one)
    except Gone as gone:
        log.info("a repository's settings cannot be read", repository=one.id, reason=gone.reason)
        return
    now = services.now()
    await services.store.write(lambda conn: follow_file(conn, one.id, found.reports, now))
