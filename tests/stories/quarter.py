"""A town in its own past: time goes on week by week, and what people did then is told by webhooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from analytics.metric import Comparison
from sandbox.clock import iso
from sandbox.history import Told, as_of, webhooks
from sandbox.things import Commit, Issue, Pull, Release, Repository
from tests.stories.test_capture import ticked
from tests.stories.town import LANTERN, Town

LABEL = "analytics-report"
PERIOD = re.compile(r"report-\d+-weekly-(\d{4}-w\d\d) -->")
ROW = re.compile(
    r"^\| (?P<label>[^|]+?) \| (?P<now>[^|]+?) \| (?P<before>[^|]+?) \|(?P<verdict>[^|]*)\|$", re.MULTILINE
)


@dataclass
class Past:
    """One repository that is shown as it was, by GitHub and by its webhooks."""

    town: Town
    repository: Repository
    threads: Mapping[int, Issue | Pull]
    commits: list[Commit]
    releases: list[Release]
    told: list[Told]
    sent: int = 0
    shown: dict[int, Issue | Pull] = field(default_factory=dict)

    @classmethod
    def of(cls, town: Town, begin: datetime, name: str = LANTERN) -> Past:
        """Take a town back to a moment; numbers of what is still to come are given to nobody else."""
        repository = town.world.required(name)
        installation = town.world.installed_on(repository)
        assert installation is not None
        told = sorted(
            webhooks(repository, town.sandbox.url, iso(begin), installation.id), key=lambda one: (one.at, one.event)
        )
        past = cls(
            town, repository, dict(repository.threads), list(repository.commits), list(repository.releases), told
        )
        repository.deleted = set(repository.threads)
        installation.repository_ids = {repository.id}  # nothing is captured of the others meanwhile
        town.world.clock.set(begin)
        past.show()
        return past

    def show(self) -> None:
        """Let GitHub show the repository as it is now; what was written since stays."""
        now, repository = self.town.world.now(), self.repository
        for number in self.shown:
            del repository.threads[number]
        self.shown = {one.number: as_of(one, now) for one in self.threads.values() if one.created_at <= now}
        written = dict(repository.threads)
        repository.threads.clear()
        repository.threads.update({**self.shown, **written})
        repository.commits[:] = [one for one in self.commits if one.committed_at <= now]
        repository.releases[:] = [one for one in self.releases if one.created_at <= now]
        repository.version += 1

    async def until(self, moment: datetime) -> None:
        """Let time pass, tell what happened meanwhile, and tick."""
        self.town.world.clock.set(moment)
        self.show()
        while self.sent < len(self.told) and self.told[self.sent].at <= iso(moment):
            one = self.told[self.sent]
            self.sent += 1
            status = await self.town.deliver(msgspec.json.encode(one.body), one.event, f"past-{self.sent}")
            assert status == 202
        await self.town.settled()
        await ticked(self.town)
        await self.town.settled()


def reports(town: Town, repository: str = LANTERN) -> list[Issue]:
    """Return the App's reports in a repository, oldest first."""
    return [one for one in town.world.required(repository).issues() if LABEL in one.labels]


def period_of(report: Issue) -> str:
    """Return which week a report is about, by its hidden key."""
    found = PERIOD.search(report.body)
    assert found is not None, report.body[-200:]
    return found[1].upper()


def rows_of(body: str) -> dict[str, Comparison]:
    """Return the rows of the tables that compare, by label, in order."""
    shown = body.partition("<details>")[0].replace("\N{NO-BREAK SPACE}", " ")
    return {
        one["label"]: Comparison(one["label"], one["now"], one["before"], one["verdict"].strip())
        for one in ROW.finditer(shown)
        if one["label"] not in ("  ", "---")
    }


def monday(text: str) -> datetime:
    """Return a day as the moment that begins it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
