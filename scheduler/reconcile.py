"""Each night, compare what webhooks have kept current with GitHub's own lists, and count what they missed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import structlog

from github.client import GitHub
from github.errors import Later, Refused
from github.reads.numbers import numbers
from github.reads.releases import release_pages
from github.reads.repository import RepoRef
from reports.answering import ref
from reports.commit_walk import FIRST_MOMENT
from reports.datasets import WALKS
from reports.gather import attempt
from reports.services import Services
from reports.walk import Progress, Reading
from scheduler.listed import LISTED, Listed
from storage import comparing
from storage.activity import count_commits
from storage.connection import Connection
from storage.installations import repository
from storage.queue import Job
from storage.reconciling import DATASETS, Comparison, add_page, begin_comparison, comparison, finish_comparison
from storage.watermarks import Watermark, watermarks

SLICE = 4  # pages: a command of the same repository waits no longer than these take
REST = timedelta(seconds=1)
NO_BUDGET = timedelta(minutes=10)

log = structlog.get_logger(__name__)


async def reconcile(services: Services, job: Job) -> None:
    """Compare one repository's datasets, four pages at a time; raises Later while there are more, Gone."""
    number, _, night = job.key.partition(":")
    found = await services.store.read(lambda conn: repository(conn, int(number)))
    if found is None or found.removed_at is not None:
        return
    marks = await services.store.read(lambda conn: watermarks(conn, found.id))
    github = services.github(found.installation_id, found.id)
    comparing_it = Reconciling(services, github, ref(found), date.fromisoformat(night))
    for name in DATASETS:
        mark = marks.get(name)
        if mark is not None and mark.newest_at is not None and not mark.error:
            await comparing_it.dataset(mark)


@dataclass
class Reconciling:
    """One repository's comparison of one night."""

    services: Services
    github: GitHub
    repo: RepoRef
    night: date
    pages: int = 0

    async def dataset(self, mark: Watermark) -> None:
        """Compare one dataset from its newest end to what the last comparison knew; raises Later, Gone."""
        store, now = self.services.store, self.services.now()
        before = await store.read(lambda conn: comparison(conn, self.repo.id, mark.dataset, self.night))
        if before is not None and before.finished_at is not None:
            return
        self.go_on()
        at: Comparison = await store.write(lambda conn: begin_comparison(conn, mark, self.night, now))
        total: int | None = None
        try:
            if mark.dataset in LISTED:
                total = await self.threads(mark, at)
            elif mark.dataset == "releases":
                total = await self.releases(mark, at)
            else:
                await self.commits(mark, at)
        except Refused as refusal:
            log.info("a dataset cannot be compared", dataset=mark.dataset, status=refusal.status)
            return
        ended = self.services.now()
        await store.write(lambda conn: finish_comparison(conn, self.repo.id, at, ended, total))
        done = await store.read(lambda conn: comparison(conn, self.repo.id, mark.dataset, self.night)) or at
        log.info("a dataset was compared", repository=self.repo.id, dataset=at.dataset, missed=done.missed)

    async def threads(self, mark: Watermark, at: Comparison) -> int:
        """Compare pull requests or issues that changed since the edge; return how many there are."""
        total = 0
        async for page in LISTED[mark.dataset](self.github, self.repo, at.cursor):
            total = page.total
            await self.keep(page, at)
            if not page.has_next or page.oldest is None or page.oldest < at.edge:
                break
            self.go_on()
        if mark.whole_history:
            await self.drop_vanished(mark.dataset, at, total)
        return total

    async def keep(self, page: Listed, at: Comparison) -> None:
        """Keep a page, what was wrong of it, and where to go on, in one transaction."""

        async def work(conn: Connection) -> None:
            missed = await page.compare(conn)
            await add_page(conn, self.repo.id, at, compared=page.rows, missed=missed, cursor=page.cursor)

        await self.services.store.write(work)

    async def drop_vanished(self, dataset: str, at: Comparison, total: int) -> None:
        """Find what was deleted or moved away without a word: more is stored than GitHub counts."""
        store = self.services.store
        if await store.read(lambda conn: comparing.count_threads(conn, self.repo.id, dataset)) <= total:
            return
        listed = await numbers(self.github, self.repo, dataset)
        if listed is None:
            return  # it changed while it was read; the next night shows

        async def work(conn: Connection) -> None:
            gone = await comparing.drop_threads_except(conn, self.repo.id, dataset, listed)
            await add_page(conn, self.repo.id, at, compared=0, missed=gone, cursor=None)

        await store.write(work)

    async def releases(self, mark: Watermark, at: Comparison) -> int:
        """Compare all releases where all are stored, else the newest hundred; return how many there are."""
        seen: set[str] = set()
        total, whole = 0, False
        async for page in release_pages(self.github, self.repo):
            total, whole = page.total, not page.has_next
            seen.update(row.id for row in page.releases)
            compare = partial(comparing.compare_releases, repository_id=self.repo.id, rows=page.releases)
            await self.keep(Listed(len(page.releases), None, total, None, page.has_next, compare), at)
            if not mark.whole_history:
                break
        if whole and mark.whole_history:

            async def drop(conn: Connection) -> None:
                gone = await comparing.drop_releases_except(conn, self.repo.id, seen)
                await add_page(conn, self.repo.id, at, compared=0, missed=gone, cursor=None)

            await self.services.store.write(drop)
        return total

    async def commits(self, mark: Watermark, at: Comparison) -> None:
        """Read commits until stored and listed counts agree; by how many they differed is what was missed, at least."""
        store = self.services.store

        async def report(progress: Progress) -> None:
            log.debug("commits are compared", repository=self.repo.id, rows=progress.done)

        reading = Reading(store, self.github, self.repo, self.services.now, report, self.github.background_allowed)
        before = await store.read(lambda conn: count_commits(conn, self.repo.id, FIRST_MOMENT))
        known = replace(mark, error=None)
        await attempt(reading, known, lambda stored: WALKS["commits"].read_news(reading, stored))
        after = await store.read(lambda conn: count_commits(conn, self.repo.id, FIRST_MOMENT))

        async def work(conn: Connection) -> None:
            await add_page(conn, self.repo.id, at, compared=after, missed=abs(after - before), cursor=None)

        await store.write(work)

    def go_on(self) -> None:
        """Raise Later where a slice is over, or people need what is left of the hourly limit."""
        now = self.services.now()
        if not self.github.background_allowed():
            raise Later(now + NO_BUDGET, "half of the hourly limit is left to people's questions")
        self.pages += 1
        if self.pages > SLICE:
            raise Later(now + REST, "there is more to compare")
