"""Read the default branch's commits, listed by committer date; merges insert old ones, force pushes drop some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from analytics.window import BEGINNING
from github.client import GitHub
from github.reads.repository import RepoRef
from reports.walk import OVERLAP, Pages, Progress, Reading
from storage.activity import count_commits, drop_commits_except
from storage.connection import Connection
from storage.watermarks import Watermark, save_watermark

# git stores whatever date it is told; GitHub counts such commits too
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CommitWalk:
    """Commits, by committer date.

    list(github, repository, since, until, after): pages of the default branch's history between two moments.
    """

    list: Callable[[GitHub, RepoRef, datetime | None, datetime | None, str | None], Pages]
    name: str = "commits"
    noun: str = "commits"

    async def bring(self, reading: Reading, mark: Watermark, edge: datetime) -> Watermark:
        """Make every commit since `edge` present and fresh."""
        if not mark.whole_history and (mark.covered_since is None or mark.covered_since > edge):
            mark = await self.read_window(reading, mark, edge)
        if reading.stale(mark):
            mark = await self.read_news(reading, mark)
        return mark

    async def read_window(self, reading: Reading, mark: Watermark, edge: datetime) -> Watermark:
        """Read what lies between `edge` and what is covered already, from where the last attempt stood."""
        mark = await reading.begun(mark)
        done = 0
        since = None if edge <= BEGINNING else edge
        async for page in self.list(reading.github, reading.repository, since, mark.covered_since, mark.cursor):
            done += page.rows
            mark = replace(mark, cursor=page.end_cursor)
            if not page.has_next:
                # a cursor into the past is no longer where this walk ended
                mark = replace(mark, cursor=None, covered_since=edge, whole_history=since is None, error=None)
            await reading.keep(page, mark)
            await reading.report(Progress(self.noun, done, page.total, page.oldest))
        return mark

    async def step(self, reading: Reading, mark: Watermark, pages: int) -> Watermark:
        """Read at most `pages` pages of what is not stored yet, on into the past."""
        return await self.read_back(reading, await reading.begun(mark), None, pages)

    async def read_back(self, reading: Reading, mark: Watermark, edge: datetime | None, pages: int = 0) -> Watermark:
        """Read on into the past from where the last reading stood, for `pages` pages or to the beginning."""
        del edge
        read = done = 0
        async for page in self.list(reading.github, reading.repository, None, mark.covered_since, mark.cursor):
            read, done = read + 1, done + page.rows
            mark = replace(mark, cursor=page.end_cursor)
            if not page.has_next:
                mark = replace(mark, cursor=None, covered_since=BEGINNING, whole_history=True)
            await reading.keep(page, mark)
            await reading.report(Progress(self.noun, done, page.total, page.oldest))
            if read == pages or not reading.may_go_on():
                break
        return mark

    async def read_news(self, reading: Reading, mark: Watermark) -> Watermark:
        """Read newest first until stored and listed counts agree: usually one page.

        A merge can bring in commits dated weeks ago, a force push can drop some: dates do not show it, the count does.
        """
        begun = reading.now()
        since = None if mark.whole_history else mark.covered_since
        known_until = (mark.newest_at or BEGINNING) - OVERLAP
        seen: set[str] = set()
        complete = False
        async for page in self.list(reading.github, reading.repository, since, None, None):
            seen.update(page.keys)
            mark = replace(mark, rows=page.total or 0)
            await reading.keep(page, mark)
            await reading.report(Progress(self.noun, len(seen), page.total, page.oldest))
            complete = not page.has_next
            if page.oldest is not None and page.oldest < known_until and await self.agrees(reading, since, page.total):
                break
        mark = replace(mark, newest_at=begun, synced_at=begun, error=None)

        async def work(connection: Connection) -> None:
            if complete:
                await drop_commits_except(connection, reading.repository.id, since or FIRST_MOMENT, seen)
            await save_watermark(connection, mark)

        await reading.store.write(work)
        return mark

    async def agrees(self, reading: Reading, since: datetime | None, listed: int | None) -> bool:
        """Tell whether as many commits are stored as GitHub lists; where it does not say, the dates must do."""
        if listed is None:
            return True
        moment = since or FIRST_MOMENT
        stored = await reading.store.read(lambda connection: count_commits(connection, reading.repository.id, moment))
        return stored == listed
