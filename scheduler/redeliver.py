"""Ask GitHub once more for webhooks that it could not deliver: it does not repeat them, and forgets them in days."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import structlog

from github.errors import Gone, Refused
from github.reads.deliveries import Attempt, attempts
from github.writes.redeliver import redeliver
from reports.services import Services
from scheduler.plan import REDELIVER
from storage.deliveries import last_done, worked_on
from storage.queue import Job

BACK = timedelta(days=3)
"""For so long GitHub keeps deliveries; Enterprise Server does for longer, but nobody waits for an answer by then."""
OVERLAP = timedelta(minutes=10)
LISTED = 20_000  # attempts looked at; beyond that nightly comparisons find what changed
ASKED = 500  # deliveries asked for in one sweep; what people wrote comes first
FIRST = ("installation", "installation_repositories", "repository", "issue_comment")
"""What nothing but a webhook tells, or only late. All else is found by reading."""
PAUSE = 0.2  # seconds between two, by chance between half and one and a half times that

log = structlog.get_logger(__name__)


async def sweep(services: Services, job: Job, matters: Collection[str], chance: float) -> None:
    """Ask again for what never arrived, back to the last sweep; what was worked on is not asked for.

    matters: the events that are handled · chance: between 0 and 1. Raises Later. A server that has no such list, or
    does not show it, has nothing to be swept.
    """
    now = services.now()
    last = await services.store.read(lambda conn: last_done(conn, REDELIVER))
    since = max(now - BACK, last - OVERLAP) if last is not None and last <= now else now - BACK
    github = services.as_app()
    listed: list[Attempt] = []
    try:
        async for attempt in attempts(github, since):
            listed.append(attempt)
            if len(listed) >= LISTED:
                log.warning("more deliveries than are looked at", looked_at=LISTED)
                break
    except (Gone, Refused) as refusal:
        log.warning("GitHub shows no list of deliveries", reason=str(refusal))
        return
    failed = never_arrived(listed, matters)
    known = await services.store.read(lambda conn: worked_on(conn, [one.guid for one in failed]))
    wanted = [one for one in failed if one.guid not in known]
    asked = 0
    for one in in_order(wanted)[:ASKED]:
        asked += await redeliver(github, one.id)
        await services.sleep(PAUSE * (0.5 + chance))
    log.info("deliveries were looked at", since=since.isoformat(), listed=len(listed), asked=asked, job=job.key)


def never_arrived(listed: Iterable[Attempt], matters: Collection[str]) -> list[Attempt]:
    """Return the latest attempt of each delivery that matters and of which no attempt succeeded. Pure."""
    latest: dict[str, Attempt] = {}
    arrived: set[str] = set()
    for one in listed:
        if one.succeeded:
            arrived.add(one.guid)
        elif one.event in matters and (one.guid not in latest or latest[one.guid].id < one.id):
            latest[one.guid] = one
    return [one for guid, one in latest.items() if guid not in arrived]


def in_order(wanted: Iterable[Attempt]) -> list[Attempt]:
    """Return what is asked for: what people wrote and what happened to installations first, each oldest first. Pure."""

    def place(one: Attempt) -> tuple[bool, datetime, int]:
        return one.event not in FIRST, one.delivered_at, one.id

    return sorted(wanted, key=place)
