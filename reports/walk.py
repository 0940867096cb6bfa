"""What every way of reading a dataset has in common: pages are kept together with how far reading has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from github.client import GitHub
from github.reads.repository import RepoRef
from storage.connection import Connection
from storage.currency import SYNC_AFTER, is_stale
from storage.engine import Store
from storage.watermarks import Watermark, save_watermark

FRESH = SYNC_AFTER
"""Within this time of a sync a question asks GitHub nothing, and where webhooks tell of changes for longer."""
OVERLAP = timedelta(minutes=2)
"""How far a sync reads into what the last one knew: GitHub's clock and ours may differ, and its replicas lag."""


@dataclass(frozen=True)
class Progress:
    """How far reading has come: rows of `noun` read so far, the total where GitHub said it, how far back."""

    noun: str
    done: int
    total: int | None
    back_to: datetime | None


@dataclass(frozen=True)
class Page:
    """One page of a dataset, read and not yet kept.

    oldest: the oldest time on this page that the listing is ordered by, None if it is empty · total: rows of the whole
    listing, if known · keys: what identifies each row · save(connection) keeps the rows.
    """

    rows: int
    oldest: datetime | None
    end_cursor: str | None
    has_next: bool
    total: int | None
    keys: tuple[str, ...]
    save: Callable[[Connection], Awaitable[None]]


Pages = AsyncIterator[Page]


@dataclass(frozen=True)
class Reading:
    """One repository being read: where to keep it, whom to ask, and whom to tell how far it has come.

    may_go_on(): asked before each further page; work that nobody waits for stops where it says no.
    """

    store: Store
    github: GitHub
    repository: RepoRef
    now: Callable[[], datetime]
    report: Callable[[Progress], Awaitable[None]]
    may_go_on: Callable[[], bool] = lambda: True

    async def keep(self, page: Page, mark: Watermark) -> Watermark:
        """Store a page and how far reading has come in one transaction, so that a crash leaves both or neither."""

        async def work(connection: Connection) -> None:
            await page.save(connection)
            await save_watermark(connection, mark)

        await self.store.write(work)
        return mark

    async def begun(self, mark: Watermark) -> Watermark:
        """Note when reading began, once: whatever changes after that is news, however long the reading takes."""
        if mark.newest_at is not None:
            return mark
        now = self.now()
        return await self.note(replace(mark, newest_at=now, synced_at=now))

    async def note(self, mark: Watermark) -> Watermark:
        """Store how far reading has come where no page came with it."""
        await self.store.write(lambda connection: save_watermark(connection, mark))
        return mark

    def stale(self, mark: Watermark) -> bool:
        """Tell whether what the dataset's last sync knew is too old to answer from."""
        return is_stale(mark, self.now())
