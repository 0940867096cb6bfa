"""The job that captures one installation: what it sees, and per repository the traffic that GitHub shows just now.

A run goes slice by slice, so that no place of the worker is held for long, and is put back in between. What it has done
is in the log of captures and nowhere else: after a crash, a limit or a night it goes on with what is not there.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec
import structlog

from analytics.traffic import Snapshot
from github.budget import BACKGROUND_SHARE, CORE
from github.client import GitHub
from github.errors import Gone, Later
from github.reads.installations import InstallationFacts
from github.reads.installations import installation as read_installation
from github.reads.installations import installations as read_installations
from github.reads.snapshots import snapshots as read_snapshots
from reports import capture_words as words
from reports.capture_order import KIND, Order
from reports.capture_rules import DEFAULTS, CaptureRules
from reports.capture_times import today
from reports.configuration import read_owners_configuration
from reports.services import Services
from scheduler import capture_repository as one
from scheduler import plan
from scheduler.bearing import Bearing
from scheduler.discover import mark_removed, may_read_traffic, stored
from scheduler.listing import Listing, list_repositories
from storage.captures import CaptureRun, RunState, begin_run, captured_in, end_run, last_captured, run_captures
from storage.connection import Connection
from storage.installations import Installation, Repository, repositories_of, save_installation
from storage.installations import installation as stored_installation
from storage.queue import Job
from storage.run_progress import capture_run, note_progress, runs_after
from storage.traffic import save_snapshot

__all__ = ["KIND", "capture", "give_up"]

SLICE = 50  # repositories: about half a minute of a worker's place
PLANNED = "planned"
OVER = frozenset({"done", "stopped"})
QUICK = 0.1  # seconds for six answers: no GitHub but one on this machine is that fast, and that one needs no rest
LONGEST_REST = 1.0
A_MOMENT = timedelta(seconds=1)
SOON = timedelta(minutes=1)
NAMES_HOLD = timedelta(minutes=5)
NO_BUDGET = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)  # GitHub's limits are by the hour; a later reset means that the two clocks disagree

log = structlog.get_logger(__name__)


class Stopped(Exception):  # noqa: N818 - an ending, not an error
    """The run ends here, and why."""


async def capture(services: Services, job: Job) -> None:
    """Capture the next slice of a run; raises Later while there is more, or where GitHub asks to wait."""
    ordered = msgspec.json.decode(job.payload, type=Order)
    run = await services.store.read(lambda conn: capture_run(conn, ordered.installation, ordered.run))
    if run is None or run.state in OVER:
        return
    try:
        more = await Capturing(services, run, services.github(run.installation_id)).go_on()
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


@dataclass(frozen=True)
class Doubtful:
    """A repository that GitHub could not show just now: how it ends if others can be read, and when to try again."""

    ending: one.Ending
    requests: int
    later: Later


@dataclass
class Capturing:
    """One slice of a run. `lacks_permission` becomes true once GitHub says so, and then nothing more is asked."""

    services: Services
    run: CaptureRun
    github: GitHub
    lacks_permission: bool = False
    bearing: Bearing[Doubtful] = field(default_factory=Bearing)

    async def go_on(self) -> int:
        """Capture at most `SLICE` repositories; return how many are left, having closed the log if none are."""
        services, run = self.services, self.run
        await self.stop_if_pointless()
        installation = await self.look()
        self.lacks_permission = not may_read_traffic(installation)
        asked = self.github.usage.requests
        listing = Listing({}, ())
        if run.state == PLANNED:
            self.github.forget_token()  # its owner may have allowed or forbidden something since it was given
        if run.state == PLANNED or await self.names_are_old():
            listing = await list_repositories(services, self.github, run.installation_id)
        if run.state == PLANNED:
            await services.store.write(lambda conn: begin_run(conn, run.installation_id, run.run, services.now()))
        due = await self.due(installation, listing)
        batch = due[:SLICE]
        counters = await self.counters(batch, listing)
        spent = self.github.usage.requests - asked
        await services.store.write(
            lambda conn: note_progress(conn, run.installation_id, run.run, repositories=0, requests=spent)
        )
        for repository in batch:
            self.leave_enough()
            begun = time.monotonic()
            await self.one(repository, counters.get(repository.id), listing.renamed.get(repository.id))
            await self.rest(time.monotonic() - begun)
        await self.settle()
        if len(due) == len(batch):
            await end(services, run, "done", await self.summary(installation))
        return len(due) - len(batch)

    async def stop_if_pointless(self) -> None:
        """Stop a run that a later day's took over, or that was planned by a clock that stood wrong."""
        now, run = self.services.now(), self.run
        if plan.is_from_the_future(run, now):
            raise Stopped(words.WRONG_CLOCK)
        later = await self.services.store.read(lambda conn: runs_after(conn, run.installation_id, run.day))
        overtaking = plan.overtaken_by(run, later, now)
        if overtaking is not None:
            raise Stopped(words.overtaken(overtaking))

    async def look(self) -> Installation:
        """Ask how the installation stands, store it, and stop where it is suspended or over."""
        facts = await self.facts()
        if facts is None:
            await mark_removed(self.services, self.run.installation_id)
            raise Stopped(words.REMOVED)
        installation = stored(facts)
        await self.services.store.write(lambda conn: save_installation(conn, installation))
        if installation.suspended_at is not None:
            raise Stopped(words.suspended(installation.suspended_at))
        return installation

    async def facts(self) -> InstallationFacts | None:
        """Read the installation; None if it is in GitHub's list no more either, which is believed before it is over."""
        as_app = self.services.as_app()
        try:
            return await read_installation(as_app, self.run.installation_id)
        except Gone:
            listed = await read_installations(as_app)
            return next((facts for facts in listed if facts.id == self.run.installation_id), None)

    async def due(self, installation: Installation, listing: Listing) -> list[Repository]:
        """Return the repositories that this run has still to capture, in their turn."""
        run, store = self.run, self.services.store
        rules = await self.rules(installation)
        day = today(self.services.now())
        asked = plan.is_asked(run.run, run.day)
        seen = await store.read(lambda conn: repositories_of(conn, run.installation_id))
        done = await store.read(lambda conn: captured_in(conn, run.installation_id, run.run))
        last = await store.read(lambda conn: last_captured(conn, run.installation_id))
        wanted = {
            repository.id: repository
            for repository in seen
            if repository.id not in done and plan.is_due(repository, rules, last.get(repository.id), day, asked=asked)
        }
        return [wanted[one_id] for one_id in plan.in_turn(wanted.values(), last, day, first=listing.renamed)]

    async def names_are_old(self) -> bool:
        """Tell whether repositories may have changed names since they were listed: a run may have waited for hours."""
        known = await self.services.store.read(lambda conn: stored_installation(conn, self.run.installation_id))
        return known is None or known.listed_at is None or self.services.now() - known.listed_at > NAMES_HOLD

    async def rules(self, installation: Installation) -> CaptureRules:
        """Read what the owner has set; where GitHub cannot show it just now, everything is captured as usual."""
        try:
            return (await read_owners_configuration(self.github, installation.account_login)).capture
        except Later as later:
            if self.limited():
                raise
            log.warning("the owner's settings could not be read", installation=installation.id, reason=later.reason)
            return DEFAULTS

    def limited(self) -> bool:
        """Tell whether GitHub has asked to wait, or the hour's requests are used up."""
        return self.github.budget.held_until(CORE, self.services.now()) is not None

    async def counters(self, batch: list[Repository], listing: Listing) -> dict[int, Snapshot]:
        """Read the stars, forks and open counts of a slice; where GraphQL says nothing, keep what the list showed."""
        names = [repository.node_id for repository in batch if repository.node_id is not None]
        found = await read_snapshots(self.github, names, self.moment()) if names else []
        if not found and listing.counters:

            async def work(conn: Connection) -> None:
                for snapshot in listing.counters:
                    await save_snapshot(conn, snapshot)

            await self.services.store.write(work)
        return {snapshot.repository_id: snapshot for snapshot in found}

    async def one(self, repository: Repository, counters: Snapshot | None, former: str | None) -> None:
        """Capture one repository and note what came of it."""
        before, at = self.github.usage.requests, self.moment()
        if self.lacks_permission:
            ending = one.not_asked(repository.id, at)
        else:
            try:
                ending = await one.ask(self.github, repository, at)
            except Later as later:
                if self.limited() or today(self.services.now()) != today(at):
                    raise
                failed = one.Ending(one.nothing(repository.id, at), "failed", words.unavailable(later.reason))
                if self.bearing.could_not(Doubtful(failed, self.github.usage.requests - before, later)):
                    raise
                return
            except Gone:
                await self.look()  # stops where it is the whole installation that is out of sight
                ending = await one.out_of_sight(self.github, repository, at)
            for doubtful in self.bearing.answered() if not ending.lacks_permission else ():
                await one.keep(self.services.store, self.run, doubtful.ending, None, doubtful.requests)
            if ending.lacks_permission:
                self.lacks_permission = self.bearing.refused()
        if former is not None:
            reasons = (words.renamed(former), ending.reason)
            ending = replace(ending, reason="; ".join(reason for reason in reasons if reason is not None))
        spent = self.github.usage.requests - before
        await one.keep(self.services.store, self.run, ending, counters, spent)

    async def settle(self) -> None:
        """Note what could not be read where others could; where nothing could, raise Later: nobody knows yet."""
        if not self.bearing.doubtful:
            return
        if not self.bearing.read:
            raise self.bearing.doubtful[-1].later
        for doubtful in self.bearing.answered():
            await one.keep(self.services.store, self.run, doubtful.ending, None, doubtful.requests)

    async def rest(self, seconds: float) -> None:
        """Do nothing for as long as asking took: GitHub bears 900 requests a minute, and people ask, too."""
        if seconds > QUICK and not self.lacks_permission:
            await self.services.sleep(min(seconds, LONGEST_REST))

    def moment(self) -> datetime:
        return self.services.now().replace(microsecond=0)

    def leave_enough(self) -> None:
        """Leave half of each hourly limit to people: once the rest is used, raise Later until the hour is over."""
        if self.lacks_permission or self.github.background_allowed():
            return
        now = self.services.now()
        used = [
            allowance.reset_at
            for allowance in self.github.budget.allowances.values()
            if allowance.reset_at > now and allowance.remaining <= allowance.limit * BACKGROUND_SHARE
        ]
        until = min(max(used, default=now + NO_BUDGET), now + LONGEST_WAIT)
        raise Later(until, "half of the hourly limit is left to people's questions")

    async def summary(self, installation: Installation) -> str | None:
        """Return why a run was not whole, None if it was."""
        if self.lacks_permission:
            return words.missing_permission(self.github.endpoints.web, installation)
        run = self.run
        rows = await self.services.store.read(lambda conn: run_captures(conn, run.installation_id, run.run))
        outcomes = Counter(row.outcome for row in rows)
        return words.counted(outcomes) if outcomes.keys() - {"captured"} else None
