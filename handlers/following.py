"""The store follows what is reported of installations and repositories: by number, whatever they are called now.

Deliveries may come late, twice and in another order. So a removed installation stays removed (a new one has a new
number), and what would let more people see something waits until GitHub has said so itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time

from reports.capture_order import asked_run, order, order_now
from reports.together import narrowest
from storage import installations
from storage.connection import Connection
from storage.installations import Installation, Repository
from storage.run_progress import capture_run

UNDER_WAY = ("planned", "running")


async def keep_installation(conn: Connection, reported: Installation) -> bool:
    """Store an installation as it was reported; False if it was removed before, which is its end."""
    known = await installations.installation(conn, reported.id)
    if known is not None and known.removed_at is not None:
        return False
    await installations.save_installation(conn, reported)
    return True


async def end_installation(conn: Connection, reported: Installation, at: datetime) -> None:
    """Note that the App was uninstalled: from now on nothing is captured, and the time of grace runs."""
    if await installations.installation(conn, reported.id) is None:
        # so that its beginning, should it come late, does not begin anything
        await installations.save_installation(conn, replace(reported, removed_at=at))
    await installations.mark_installation_removed(conn, reported.id, at)


async def add_repositories(conn: Connection, listed: Iterable[Repository]) -> None:
    """Store repositories that the App was given; what is stored of one that was here before is its own again."""
    await installations.save_repositories(conn, [await with_known(conn, one) for one in listed])


async def with_known(conn: Connection, short: Repository) -> Repository:
    """Return a repository known by its names, with what is stored of it and no name says."""
    known = await installations.repository(conn, short.id)
    if known is None:
        return short
    visibility = narrowest(known.visibility, short.visibility)
    return replace(short, visibility=visibility, default_branch=known.default_branch, archived=known.archived)


async def remove_repositories(conn: Connection, installation_id: int, ids: Collection[int], at: datetime) -> None:
    """Note that an installation no longer sees repositories; one that another installation sees by now is left."""
    here = {one.id for one in await installations.repositories_of(conn, installation_id)}
    await installations.mark_repositories_removed(conn, sorted(here.intersection(ids)), at)


async def ensure_repository(conn: Connection, reported: Repository) -> bool:
    """Have a row for the repository; False if its installation has ended, so that nothing more is kept of it."""
    if await installations.repository(conn, reported.id) is not None:
        return True
    owner = await installations.installation(conn, reported.installation_id)
    if owner is not None and owner.removed_at is not None:
        return False
    await installations.save_repository(conn, reported)
    return True


async def capture_first(conn: Connection, installation_id: int, now: datetime) -> None:
    """Order this day's capture of a new installation at once, unless somebody has ordered it already."""
    day = now.astimezone(UTC).date()
    await order(conn, installation_id, day.isoformat(), day, now)


async def capture_added(conn: Connection, installation_id: int, now: datetime) -> None:
    """Have repositories captured that came just now, and not the others again.

    A run that is not over sees them. Where this day's is, a second one does; what comes after that is captured
    tomorrow, and nothing is lost by then.
    """
    day = now.astimezone(UTC).date()
    todays = await capture_run(conn, installation_id, day.isoformat())
    if todays is None:
        await capture_first(conn, installation_id, now)
    elif todays.state not in UNDER_WAY:
        # the name of a run that asks only for what has not been captured today
        await order(conn, installation_id, asked_run(datetime.combine(day, time(), UTC)), day, now)


async def capture_newly_allowed(conn: Connection, installation_id: int, now: datetime) -> None:
    """Order a capture at once; each run begins with a token of its own, which has the permissions of now."""
    await order_now(conn, installation_id, now)
