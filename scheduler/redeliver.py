"""Ask GitHub once more for webhooks that it could not deliver: it does not repeat them, and forgets them in days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.deliveries import Attempt, attempts
from github.writes.redeliver import redeliver
from reports.services import Services
from scheduler.plan import REDELIVER
from storage.deliveries import last_done, worked_on
from storage.queue import Job

BACK = timedelta(days=3)
"""For so long GitHub keeps deliveries; Enterprise Server does for longer, but nobody waits for an answer by then."""
OVERLAP = timedelta(minutes=10)
LOST = 20_000  # deliveries of which the list shows no success; where there are more, the next round finds the others
ASKED = 500  # deliveries asked for in one round; what people wrote comes first
SOON = timedelta(minutes=1)  # until the next round: what was asked for has mostly come by then
LATER = timedelta(hours=1)  # where nothing comes although it was asked for
TRIES = 6  # what has failed so often keeps no sweep from its end: the next one asks for it again, an hour later
NO_BUDGET = timedelta(minutes=10)
FIRST = ("installation", "installation_repositories", "repository", "issue_comment")
"""What nothing but a webhook tells, or only late. All else is found by reading."""
PAUSE = 0.2  # seconds between two, by chance between half and one and a half times that

log = structlog.get_logger(__name__)


async def sweep(services: Services, job: Job, matters: Collection[str], chance: float) -> None:
    """Ask again for what never arrived, back to the last sweep; what was worked on is not asked for.

    A sweep has come to its end once one round asks for all that is left; what arrived by then is not asked for again.
    matters: the events that are handled · chance: between 0 and 1. Raises Later between two rounds. A server that has
    no such list, or does not show it, has nothing to be swept.
    """
    now = services.now()
    last = await services.store.read(lambda conn: last_done(conn, REDELIVER))
    since = max(now - BACK, last - OVERLAP) if last is not None and last <= now else now - BACK
    github = services.as_app()
    seen = Seen(matters)
    try:
        async for attempt in attempts(github, since):
            seen.add(attempt)
            if len(seen.lost) >= LOST:
                break
    except (Gone, Refused) as refusal:
        log.warning("GitHub shows no list of deliveries", reason=str(refusal))
        return
    known = await services.store.read(lambda conn: worked_on(conn, list(seen.lost)))
    wanted = in_order(one for guid, one in seen.lost.items() if guid not in known)
    asked = await ask(services, github, wanted, chance)
    log.info("deliveries were looked at", since=since.isoformat(), lost=len(wanted), asked=asked, job=job.key)
    more = sum(seen.tries[one.guid] <= TRIES for one in wanted) > ASKED
    if asked and (more or len(seen.lost) >= LOST):
        wait = LATER if seen.in_vain(job.created_at) else SOON
        raise Later(services.now() + wait, f"{len(wanted)} deliveries never arrived; {asked} were asked for")


async def ask(services: Services, github: GitHub, wanted: Sequence[Attempt], chance: float) -> int:
    """Ask for so many of these as one round may; return how many GitHub delivers again. Raises Later.

    What GitHub will not deliver any more takes nobody's place.
    """
    asked = refused = 0
    for one in wanted:
        if ASKED in (asked, refused):
            break
        if not github.background_allowed():
            raise Later(services.now() + NO_BUDGET, "half of the hourly limit is left to people's questions")
        if await redeliver(github, one.id):
            asked += 1
        else:
            refused += 1
        await services.sleep(PAUSE * (0.5 + chance))
    return asked


@dataclass
class Seen:
    """What the list of deliveries has shown so far, in whatever order: what arrived, and what was lost."""

    matters: Collection[str]
    arrived: set[str] = field(default_factory=set)
    lost: dict[str, Attempt] = field(default_factory=dict)
    """The latest attempt of each delivery that matters and of which no attempt succeeded, by guid."""
    tries: Counter[str] = field(default_factory=Counter)
    """How many attempts of each of these have failed."""
    failed_at: datetime | None = None
    arrived_at: datetime | None = None

    def add(self, one: Attempt) -> None:
        """Take note of one attempt."""
        if one.succeeded:
            self.arrived.add(one.guid)
            self.lost.pop(one.guid, None)
            self.arrived_at = max(one.delivered_at, self.arrived_at or one.delivered_at)
            return
        self.failed_at = max(one.delivered_at, self.failed_at or one.delivered_at)
        if one.guid not in self.arrived and one.event in self.matters:
            self.tries[one.guid] += 1
            known = self.lost.get(one.guid)
            if known is None or known.id < one.id:
                self.lost[one.guid] = one

    def in_vain(self, since: datetime) -> bool:
        """Tell whether since that moment attempts have failed and none has succeeded: nothing can reach the server."""
        failed = self.failed_at is not None and self.failed_at >= since
        return failed and (self.arrived_at is None or self.arrived_at < since)


def never_arrived(listed: Iterable[Attempt], matters: Collection[str]) -> list[Attempt]:
    """Return the latest attempt of each delivery that matters and of which no attempt succeeded. Pure."""
    seen = Seen(matters)
    for one in listed:
        seen.add(one)
    return list(seen.lost.values())


def in_order(wanted: Iterable[Attempt]) -> list[Attempt]:
    """Return what is asked for: what people wrote and what happened to installations first, each oldest first. Pure."""

    def place(one: Attempt) -> tuple[bool, datetime, int]:
        return one.event not in FIRST, one.delivered_at, one.id

    return sorted(wanted, key=place)
