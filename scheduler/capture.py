"""The job that captures one installation: what it sees, and per repository the traffic that GitHub shows just now.

A run goes slice by slice, so that no place of the worker is held for long, and is put back in between. What it has done
is in the log of captures and nowhere else: after a crash, a limit or a night it goes on with what is not there.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from analytics.traffic import Snapshot
from github.client import GitHub
from github.errors import Gone, Later
from github.reads.snapshots import snapshots as read_snapshots
from reports import capture_words as words
from reports.capture_order import KIND, Order
from reports.capture_runs import is_from_the_future, overtaken_by
from reports.services import Services
from scheduler.asking import Asking
from scheduler.discover import may_read_traffic
from scheduler.listing import Listing, list_repositories
from scheduler.standing import Stopped, look
from scheduler.turns import turns
from storage.captures import CaptureRun, RunState, begin_run, end_run, run_captures
from storage.connection import Connection
from storage.installations import Repository
from storage.installations import installation as stored_installation
from storage.queue import Job
from storage.run_progress import capture_run, note_progress, runs_after
from storage.traffic import save_snapshot

__all__ = ["KIND", "capture", "give_up"]

SLICE = 50  # repositories: about half a minute of a worker's place
PLANNED = "planned"
OVER = frozenset({"done", "stopped"})
A_MOMENT = timedelta(seconds=1)
SOON = timedelta(minutes=1)
NAMES_HOLD = timedelta(minutes=5)

log = structlog.get_logger(__name__)


async def capture(services: Services, job: Job) -> None:
    """Capture the next slice of a run; raises Later while there is more, or where GitHub asks to wait."""
    ordered = msgspec.json.decode(job.payload, type=Order)
    run = await services.store.read(lambda conn: capture_run(conn, ordered.installation, ordered.run))
    if run is None or run.state in OVER:
        return
    try:
        more = await Slice(services, run, services.github(run.installation_id)).go_on()
    except Stopped as stopped:
        await end(services, run, "stopped", str(stopped))
        return
    except Gone as gone:
        # suspended or uninstalled just now: the next look says so
        log.info("a run of captures lost its installation", installation=run.installation_id, reason=gone.reason)
        raise Later(services.now() + SOON, gone.reason) from gone
    if more:
        # a moment ago: a clock that is read from elsewhere may step back a little
        raise Later(services.now() - A_MOMENT, f"{more} more repositories wait for their turn")


async def give_up(services: Services, job: Job) -> None:
    """Note in the log that the run came to nothing."""
    ordered = msgspec.json.decode(job.payload, type=Order)
    run = await services.store.read(lambda conn: capture_run(conn, ordered.installation, ordered.run))
    if run is not None and run.state not in OVER:
        await end(services, run, "stopped", words.GIVEN_UP)


async def end(services: Services, run: CaptureRun, state: RunState, reason: str | None) -> None:
    """Close the run's line in the log."""

    async def work(conn: Connection) -> None:
        known = await capture_run(conn, run.installation_id, run.run) or run
        done, asked = known.repositories, known.requests
        ended = services.now()
        await end_run(
            conn,
            run.installation_id,
            run.run,
            state,
            repositories=done,
            requests=asked,
            reason=reason,
            now=ended,
        )

    await services.store.write(work)
    log.info("a run of captures ended", installation=run.installation_id, run=run.run, state=state, reason=reason)


@dataclass
class Slice:
    """So much of a run as is done at once, from how the installation stands to the last repository of the slice."""

    services: Services
    run: CaptureRun
    github: GitHub

    async def go_on(self) -> int:
        """Capture at most `SLICE` repositories; return how many are left, having closed the log if none are."""
        services, run = self.services, self.run
        await self.stop_if_pointless()
        installation = await look(services, run.installation_id)
        asked = self.github.usage.requests
        listing = await self.begin()
        work = await turns(services, self.github, run, installation, first=listing.renamed)
        batch = work.due[:SLICE]
        counters = await self.counters(batch, listing)
        spent = self.github.usage.requests - asked
        await services.store.write(
            lambda conn: note_progress(conn, run.installation_id, run.run, repositories=0, requests=spent)
        )
        asking = Asking(services, run, self.github, work, listed=may_read_traffic(installation))
        for repository in batch:
            asking.leave_enough()
            begun = time.monotonic()
            await asking.one(repository, counters.get(repository.id), listing.renamed.get(repository.id))
            await asking.rest(time.monotonic() - begun)
        await asking.settle()
        if len(work.due) == len(batch):
            page = words.missing_permission(self.github.endpoints.web, installation)
            await end(services, run, "done", page if asking.bearing.lacks_permission else await self.summary())
        return len(work.due) - len(batch)

    async def stop_if_pointless(self) -> None:
        """Stop a run that a later day's took over, or that was planned by a clock that stood wrong."""
        now, run = self.services.now(), self.run
        if is_from_the_future(run, now):
            raise Stopped(words.WRONG_CLOCK)
        later = await self.services.store.read(lambda conn: runs_after(conn, run.installation_id, run.day))
        overtaking = overtaken_by(run, later, now)
        if overtaking is not None:
            raise Stopped(words.overtaken(overtaking))

    async def begin(self) -> Listing:
        """List the repositories where that was not done just now, and note that a planned run is at work."""
        services, run = self.services, self.run
        listing = Listing({}, ())
        if run.state == PLANNED:
            self.github.forget_token()  # its owner may have allowed or forbidden something since it was given
        if run.state == PLANNED or await self.names_are_old():
            listing = await list_repositories(services, self.github, run.installation_id)
        if run.state == PLANNED:
            await services.store.write(lambda conn: begin_run(conn, run.installation_id, run.run, services.now()))
        return listing

    async def names_are_old(self) -> bool:
        """Tell whether repositories may have changed names since they were listed: a run may have waited for hours."""
        known = await self.services.store.read(lambda conn: stored_installation(conn, self.run.installation_id))
        return known is None or known.listed_at is None or self.services.now() - known.listed_at > NAMES_HOLD

    async def counters(self, batch: list[Repository], listing: Listing) -> dict[int, Snapshot]:
        """Read the stars, forks and open counts of a slice; where GraphQL says nothing, keep what the list showed."""
        names = [repository.node_id for repository in batch if repository.node_id is not None]
        at = self.services.now().replace(microsecond=0)
        found = await read_snapshots(self.github, names, at) if names else []
        if not found and listing.counters:

            async def work(conn: Connection) -> None:
                for snapshot in listing.counters:
                    await save_snapshot(conn, snapshot)

            await self.services.store.write(work)
        return {snapshot.repository_id: snapshot for snapshot in found}

    async def summary(self) -> str | None:
        """Return how the run's repositories fared, None if all of them were captured."""
        run = self.run
        rows = await self.services.store.read(lambda conn: run_captures(conn, run.installation_id, run.run))
        outcomes = Counter(row.outcome for row in rows)
        return words.counted(outcomes) if outcomes.keys() - {"captured"} else None
