"""Read a dataset that GitHub lists by last change: what is open first, then what ended, newest first, to an edge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.window import BEGINNING
from github.client import GitHub
from github.reads.repository import RepoRef
from reports.walk import OVERLAP, Pages, Progress, Reading
from storage.watermarks import OPEN_SHAPED, Watermark


@dataclass(frozen=True)
class UpdatedWalk:
    """Pull requests, issues and releases.

    list(github, repository, part, after): pages of `part`, which is `open`, `ended` or `all` · has_open: whether rows
    stay open for long, so that old ones matter to a new question; without, `ended` means all.
    """

    name: str
    noun: str
    has_open: bool
    list: Callable[[GitHub, RepoRef, str, str | None], Pages]

    async def bring(self, reading: Reading, mark: Watermark, edge: datetime) -> Watermark:
        """Make everything changed since `edge`, and everything still open, present and fresh."""
        mark = await reading.begun(mark)
        if self.has_open and mark.open_complete_at is None:
            mark = await self.read_open(reading, mark)
        if not reaches(mark, edge):
            mark = await self.read_back(reading, mark, edge)
        if reading.stale(mark):
            mark = await self.read_news(reading, mark)
        return mark

    async def step(self, reading: Reading, mark: Watermark, pages: int) -> Watermark:
        """Read at most `pages` pages of what is not stored yet: what is open first, then on into the past."""
        mark = await reading.begun(mark)
        if self.has_open and mark.open_complete_at is None:
            return await self.read_open(reading, mark, pages)
        return await self.read_back(reading, mark, None, pages)

    async def read_open(self, reading: Reading, mark: Watermark, pages: int = 0) -> Watermark:
        """Read all that is open, or `pages` pages of it: old open rows lie beyond any edge, and backlogs need them."""
        read = done = 0
        # until the open rows are complete, the watermark's cursor is theirs
        async for page in self.list(reading.github, reading.repository, "open", mark.cursor):
            read, done = read + 1, done + page.rows
            mark = replace(mark, cursor=page.end_cursor)
            if not page.has_next:
                mark = replace(mark, cursor=None, open_complete_at=reading.now())
            await reading.keep(page, mark)
            await reading.report(Progress(f"open {self.noun}", done, page.total, page.oldest))
            if read == pages or not reading.may_go_on():
                break
        return mark

    async def read_open_again(self, reading: Reading, mark: Watermark) -> Watermark:
        """Read all that is open once more, for what older versions did not read of it; the rest of `mark` stays."""
        done = 0
        async for page in self.list(reading.github, reading.repository, "open", None):
            done += page.rows
            if not page.has_next:
                mark = replace(mark, shape=OPEN_SHAPED)
            await reading.keep(page, mark)
            await reading.report(Progress(f"open {self.noun}", done, page.total, page.oldest))
        return mark

    async def read_back(self, reading: Reading, mark: Watermark, edge: datetime | None, pages: int = 0) -> Watermark:
        """Read on into the past from where the last reading stood: to `edge`, or for `pages` pages, or all."""
        read = done = 0
        async for page in self.list(reading.github, reading.repository, "ended", mark.cursor):
            read, done = read + 1, done + page.rows
            if page.has_next:
                mark = replace(mark, cursor=page.end_cursor, covered_since=page.oldest or mark.covered_since)
            else:
                mark = replace(mark, cursor=None, covered_since=BEGINNING, whole_history=True)
            await reading.keep(page, mark)
            await reading.report(Progress(self.noun, done, None, page.oldest))
            if (edge is not None and reaches(mark, edge)) or read == pages or not reading.may_go_on():
                break
        return mark

    async def read_news(self, reading: Reading, mark: Watermark) -> Watermark:
        """Read newest first until what the last reading knew: usually one page."""
        begun = reading.now()
        known_until = (mark.newest_at or BEGINNING) - OVERLAP
        done = 0
        async for page in self.list(reading.github, reading.repository, "all", None):
            done += page.rows
            # how many rows GitHub says there are, for whoever wants to know whether some are missing
            mark = replace(mark, rows=page.total or 0)
            await reading.keep(page, mark)
            await reading.report(Progress(self.noun, done, None, page.oldest))
            if page.oldest is not None and page.oldest < known_until:
                break
        return await reading.note(replace(mark, newest_at=begun, synced_at=begun, error=None))


def reaches(mark: Watermark, edge: datetime) -> bool:
    """Tell whether everything changed since `edge` is stored; a page may end between two rows of the same second."""
    return mark.whole_history or (mark.covered_since is not None and mark.covered_since < edge)
