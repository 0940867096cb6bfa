"""Forget what was worked on and cannot come again, and what was removed longer ago than the time of grace."""

from __future__ import annotations

import asyncio
import importlib
from datetime import timedelta

import structlog

from reports.services import Services
from storage import queue
from storage.connection import Connection
from storage.forget_due import any_asked, any_removed, any_told
from storage.queue import KEYS_KEPT, Job

KIND = "prune"
NIGHTS_KEPT = timedelta(days=30)
ANALYSES_KEPT = timedelta(hours=2)  # as the pages keep them, which do so themselves as long as anybody opens one
FORGOTTEN_AT_ONCE = 5  # repositories in one transaction: each may have years of rows, and nobody should wait for them

log = structlog.get_logger(__name__)


async def prune(services: Services, _job: Job) -> None:
    """Drop the keys of jobs that were done long enough ago, in slices, so that no writer waits long.

    Then the data of what was uninstalled or removed before the time of grace; what came back meanwhile stays. In the
    end what is older than is kept, and on PostgreSQL partitions are made for the years to come.
    """
    total = 0
    while dropped := await queue.prune(services.store, services.now() - KEYS_KEPT):
        total += dropped
    log.info("old jobs are forgotten", jobs=total)
    await forget(services)
    await forget_told(services)
    await forget_askings(services)
    if services.store.dialect != "sqlite":
        await forget_analyses(services)
    if services.store.dialect != "sqlite" or services.kept_years:
        await look_after_years(services)


async def look_after_years(services: Services) -> None:
    """Drop what is older than is kept, and make partitions for the years to come."""
    # nothing of it is needed on SQLite, unless something is not kept for ever
    years = await asyncio.to_thread(importlib.import_module, "scheduler.years")
    if services.store.dialect != "sqlite":
        await years.make_room(services)
    await years.let_go(services)


async def forget_analyses(services: Services) -> None:
    """Delete what people had read with tokens of their own, where every server that knew of it has ended."""
    # nothing of it is needed on SQLite
    analyses = await asyncio.to_thread(importlib.import_module, "storage.analyses")
    before = services.now() - ANALYSES_KEPT
    await services.store.write(lambda conn: analyses.prune(conn, before))


async def forget_told(services: Services) -> None:
    """Drop what was noted of deliveries that cannot come again, and of comparisons that nobody asks about any more."""
    if not await services.store.read(any_told):
        return
    # imported when they are first needed: an idle server does not carry them
    events = await asyncio.to_thread(importlib.import_module, "storage.activity_events")
    reconciling = await asyncio.to_thread(importlib.import_module, "storage.reconciling")
    now = services.now()

    async def work(conn: Connection) -> None:
        await events.forget_vanished(conn, now - KEYS_KEPT)
        await reconciling.forget_comparisons(conn, (now - NIGHTS_KEPT).date())

    await services.store.write(work)


async def forget_askings(services: Services) -> None:
    """Drop who asked when, as soon as no limit counts it any more and no delivery of it can come again."""
    before = services.now() - KEYS_KEPT
    if await services.store.read(lambda conn: any_asked(conn, before)):
        # imported when it is first needed, as above
        askings = await asyncio.to_thread(importlib.import_module, "storage.askings")
        await services.store.write(lambda conn: askings.forget_askings(conn, before))


async def forget(services: Services) -> int:
    """Delete what was removed before the time of grace; return how many repositories and installations went."""
    before = services.now() - services.grace
    if not await services.store.read(lambda conn: any_removed(conn, before)):
        return 0
    # imported when it is first needed: an idle server does not carry the tables of traffic
    forgetting = await asyncio.to_thread(importlib.import_module, "storage.forget")

    async def work(conn: Connection) -> int:
        gone: int = await forgetting.forget_repositories(conn, before, FORGOTTEN_AT_ONCE)
        return gone

    total = 0
    while gone := await services.store.write(work):
        total += gone
    if total:
        log.info("removed data is deleted", rows=total, before=before.isoformat())
    return total
