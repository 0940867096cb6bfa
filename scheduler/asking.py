"""The repositories of a slice, one by one: what cannot be read is doubtful until it is known whose fault it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from analytics.traffic import Snapshot
from github.budget import BACKGROUND_SHARE
from github.client import GitHub
from github.errors import Gone, Later
from reports import capture_words as words
from reports.capture_times import today
from reports.services import Services
from scheduler import capture_repository, plan
from scheduler.bearing import REFUSALS, Bearing
from scheduler.capture_repository import Ending
from scheduler.standing import look
from scheduler.turns import Turns, is_limited
from storage.captures import CaptureRun
from storage.installations import Repository
from storage.run_progress import note_progress

QUICK = 0.1  # seconds for six answers: no GitHub but one on this machine is that fast, and that one needs no rest
LONGEST_REST = 1.0
NO_BUDGET = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)  # GitHub's limits are by the hour; a later reset means that the two clocks disagree


@dataclass(frozen=True)
class Doubtful:
    """A repository that GitHub could not show just now: how it ends if others can be read, and when to try again."""

    ending: Ending
    requests: int
    later: Later

    @property
    def id(self) -> int:
        return self.ending.capture.repository_id


@dataclass
class Asking:
    """One slice of a run. listed: whether GitHub lists the permission; where it does not, one refusal is enough."""

    services: Services
    run: CaptureRun
    github: GitHub
    turns: Turns
    listed: bool
    bearing: Bearing[Doubtful] = field(init=False)

    def __post_init__(self) -> None:
        """Take up what the run has met with in its earlier slices."""
        self.bearing = Bearing(enough=REFUSALS if self.listed and not self.alone() else 1)
        self.bearing.met((row.outcome, row.reason) for row in self.turns.done)

    def alone(self) -> bool:
        """Tell whether the run is about one repository, and no other was read on its day to speak against it."""
        mine = {one.id for one in self.turns.due} | {row.repository_id for row in self.turns.done}
        read = {one_id for one_id, tries in self.turns.tries.items() if tries.read == self.run.day}
        return len(mine) == 1 and read <= mine

    async def one(self, repository: Repository, counters: Snapshot | None, former: str | None) -> None:
        """Capture one repository and note what came of it; raises Later where GitHub is to be asked later."""
        before, at = self.github.usage.requests, self.services.now().replace(microsecond=0)
        try:
            ending = await self.ask(repository, at)
        except Later as later:
            if is_limited(self.services, self.github) or today(self.services.now()) != today(at):
                raise
            nothing = capture_repository.nothing(repository.id, at)
            failed = Ending(nothing, "failed", words.unavailable(later.reason))
            if self.bearing.could_not(Doubtful(failed, self.github.usage.requests - before, later)):
                await self.settle()
            return
        if not ending.lacks_permission:
            await self.blame()
        self.bearing.met([(ending.outcome, ending.reason)])
        if former is not None:
            reasons = (words.renamed(former), ending.reason)
            ending = replace(ending, reason="; ".join(reason for reason in reasons if reason is not None))
        await capture_repository.keep(
            self.services.store, self.run, ending, counters, self.github.usage.requests - before
        )

    async def ask(self, repository: Repository, at: datetime) -> Ending:
        """Read one repository, unless the App may read none; raises Later, and Stopped where all of them are gone."""
        if self.bearing.lacks_permission:
            return capture_repository.not_asked(repository.id, at)
        try:
            return await capture_repository.ask(self.github, repository, at)
        except Gone:
            await look(self.services, self.run.installation_id)
            return await capture_repository.out_of_sight(self.github, repository, at)

    async def settle(self) -> None:
        """Learn from another repository whose fault it is that some cannot be read.

        If GitHub answers there, it is theirs, and noted. Else raises Later with nothing noted: nobody knows yet.
        """
        if not self.bearing.doubtful:
            return
        if not await self.others_are_answered():
            raise self.bearing.doubtful[-1].later
        await self.blame()

    async def others_are_answered(self) -> bool:
        """Ask about one repository that is not doubtful; False if there is none."""
        doubtful = {one.id for one in self.bearing.doubtful}
        others = {one.id: one for one in self.turns.seen if one.id not in doubtful}
        read = {one_id: tries.read for one_id, tries in self.turns.tries.items() if tries.read is not None}
        before, at, of = self.github.usage.requests, self.services.now(), self.run
        chosen = plan.witness(others, read, at)
        if chosen is None:
            return False
        answered = await capture_repository.is_answered(self.github, others[chosen], at)
        spent = self.github.usage.requests - before
        await self.services.store.write(
            lambda conn: note_progress(conn, of.installation_id, of.run, repositories=0, requests=spent)
        )
        return answered

    async def blame(self) -> None:
        """Note that it was the doubtful ones themselves that could not be read."""
        for doubtful in self.bearing.settled():
            await capture_repository.keep(self.services.store, self.run, doubtful.ending, None, doubtful.requests)

    async def rest(self, seconds: float) -> None:
        """Do nothing for as long as asking took: GitHub bears 900 requests a minute, and people ask, too."""
        if seconds > QUICK and not self.bearing.lacks_permission:
            await self.services.sleep(min(seconds, LONGEST_REST))

    def leave_enough(self) -> None:
        """Leave half of each hourly limit to people: once the rest is used, raise Later until the hour is over."""
        if self.bearing.lacks_permission or self.github.background_allowed():
            return
        now = self.services.now()
        used = [
            allowance.reset_at
            for allowance in self.github.budget.allowances.values()
            if allowance.reset_at > now and allowance.remaining <= allowance.limit * BACKGROUND_SHARE
        ]
        until = min(max(used, default=now + NO_BUDGET), now + LONGEST_WAIT)
        raise Later(until, "half of the hourly limit is left to people's questions")
