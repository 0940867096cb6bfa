"""Ask GitHub where the App is installed: a server that never heard a webhook captures all the same."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType

import structlog

from github.client import GitHub
from github.errors import Gone
from github.reads.installations import InstallationFacts
from github.reads.installations import installation as read_installation
from github.reads.installations import installations as read_installations
from reports.capture_times import today
from reports.services import Services
from reports.settings_looks import look_soon
from scheduler.plan import run_of
from storage.connection import Connection
from storage.installations import (
    Installation,
    all_installations,
    mark_installation_removed,
    save_unless_over,
    told_over,
)
from storage.queue import Job

KIND = "discover"
BATCH = 200  # installations in one transaction
TRAFFIC = "administration"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Discovered:
    """What came of asking: how many installations there are, which are new, which ended, how many captures it made."""

    found: int
    new: tuple[int, ...]
    removed: tuple[int, ...]
    ordered: int


async def discover(services: Services, _job: Job) -> None:
    """Learn where the App is installed, then plan what is due there by now."""
    await learn(services)
    if await services.store.read(all_installations):
        # a server that nobody has installed does not import what captures need
        planning = await asyncio.to_thread(importlib.import_module, "scheduler.planning")
        await planning.plan_captures(services.store, services.now())
    services.wakeup.set()


async def learn(services: Services) -> Discovered:
    """Store every installation as GitHub lists it, and order the first capture where there is something new to see.

    That is where the App was installed, or is no longer suspended, or may read traffic by now. What a webhook has ended
    stays ended, whatever the list shows. Where GitHub has no such list, what is stored counts. Raises Later, Refused.
    """
    as_app = services.as_app()
    before = {one.id: one for one in await services.store.read(all_installations)}
    over = await services.store.read(told_over)
    try:
        listed = [stored(facts) for facts in await read_installations(as_app) if facts.id not in over]
    except Gone as gone:
        log.warning("GitHub has no list of installations; what is stored counts", reason=gone.reason)
        return Discovered(len(before), (), (), 0)
    changed = [one for one in listed if one != told(before.get(one.id), one)]
    ordered = await keep_all(services, before, changed) if changed else 0
    removed = await ended(services, as_app, before.keys() - {one.id for one in listed})
    new = tuple(one.id for one in listed if one.id not in before)
    log.info("installations were looked for", found=len(listed), new=len(new), removed=len(removed), ordered=ordered)
    return Discovered(len(listed), new, removed, ordered)


async def keep_all(services: Services, before: Mapping[int, Installation], changed: Sequence[Installation]) -> int:
    """Store the installations that changed; return how many captures were ordered."""
    # imported where something changed: an idle server does not carry the tables of captures
    orders = await asyncio.to_thread(importlib.import_module, "reports.capture_order")
    ordered = 0
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]

        async def work(conn: Connection, batch: Sequence[Installation] = batch) -> int:
            return sum([await keep(conn, orders, before.get(one.id), one, services.now()) for one in batch])

        ordered += await services.store.write(work)
    return ordered


async def keep(
    conn: Connection, orders: ModuleType, before: Installation | None, listed: Installation, now: datetime
) -> bool:
    """Store one installation, unless a webhook has ended it meanwhile; return whether a capture was ordered.

    orders: the module `reports.capture_order`.
    """
    if not await save_unless_over(conn, listed) or listed.suspended_at is not None:
        return False
    if before is None or before.suspended_at is not None:
        # what its repositories' files want is not left to the next day
        await look_soon(conn, [listed.id], f"{now:%Y-%m-%dT%H:%M}", now)
    if before is None:
        return bool(await orders.order(conn, listed.id, run_of(today(now)), today(now), now))
    came_back = before.suspended_at is not None
    may_now = may_read_traffic(listed) and before.permissions is not None and not may_read_traffic(before)
    return (came_back or may_now) and bool(await orders.order_now(conn, listed.id, now))


async def ended(services: Services, as_app: GitHub, missing: Iterable[int]) -> tuple[int, ...]:
    """Mark the installations that are gone; each is asked for itself, since the list may be older than it."""
    gone: list[int] = []
    for installation_id in sorted(missing):
        try:
            await read_installation(as_app, installation_id)
        except Gone:
            await mark_removed(services, installation_id)
            gone.append(installation_id)
    return tuple(gone)


async def mark_removed(services: Services, installation_id: int) -> None:
    """Note that GitHub shows the installation no more."""
    now = services.now()
    await services.store.write(lambda conn: mark_installation_removed(conn, installation_id, now, "listing"))


def may_read_traffic(installation: Installation) -> bool:
    """Tell whether its owner lets the App read traffic; what was never said is not held against it."""
    return not installation.permissions or TRAFFIC in installation.permissions


def stored(facts: InstallationFacts) -> Installation:
    """Return an installation as it is stored."""
    return Installation(
        facts.id,
        facts.account_login,
        facts.account_id,
        facts.account_type,
        suspended_at=facts.suspended_at,
        permissions=dict(facts.permissions) or None,
    )


def told(before: Installation | None, listed: Installation) -> Installation | None:
    """Return what is stored without what GitHub's list does not tell, to be compared with it."""
    if before is None:
        return None
    return replace(before, listed_at=listed.listed_at, permissions=before.permissions and dict(before.permissions))
