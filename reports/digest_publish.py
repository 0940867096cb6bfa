"""Put one report in place, an issue or a comment: created once whatever happens in between, edited ever after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused, Unsure
from github.reads.app import UNKNOWN, AppFacts
from github.reads.comments import issue_comments
from github.reads.own_issues import issues_by
from github.reads.repository import RepoRef
from github.writes import comments, issues
from github.writing import PACED
from reports.keys import find_key
from storage.engine import Store
from storage.written_reports import WrittenReport, save_report

POSTING, POSTED = "posting", "posted"
LABEL, COLOR, DESCRIPTION = "analytics-report", "0969da", "A periodic report of Almanac"
LOOKS = 2
BETWEEN_LOOKS = 1.5  # seconds: what was created may take a moment until GitHub lists it
AGAIN_AFTER = timedelta(seconds=30)
TAKEN_OVER = "somebody else has taken this report over"
CLOCKS_DIFFER = timedelta(minutes=10)  # GitHub's, by which it lists what is new, and ours

log = structlog.get_logger(__name__)


@dataclass
class ReportPublication:
    """The issue, or the comment in a thread, that is one report.

    record: how far publishing had come, as stored; one with a number but no comment in a thread is not there yet ·
    thread: the number of the thread it goes to, None for an issue of its own · label: whether the issue has one ·
    still_ours(): whether nobody else has taken this work over meanwhile · rolling: whether the issue is rewritten each
    time, and so is open again for what is new in it.
    """

    store: Store
    github: GitHub
    repository: RepoRef
    record: WrittenReport
    identity: Callable[[], Awaitable[AppFacts]]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    still_ours: Callable[[], Awaitable[bool]]
    thread: int | None = None
    label: bool = True
    rolling: bool = False

    @property
    def is_there(self) -> bool:
        """Whether GitHub is known to have it."""
        return (self.record.number if self.thread is None else self.record.comment_id) is not None

    async def put(self, title: str, body: str) -> WrittenReport:
        """Make this the report's title and text; return it as it is stored then.

        Before anything is created that is noted; a note without a number means that it may exist: it is looked for.
        Raises Later where GitHub leaves open whether it exists, or has no room for it now; Gone where the thread, or
        what was written, is; Refused where the App may not write.
        """
        if not self.is_there and self.record.state == POSTING:
            await self.adopt()
        if self.is_there:
            await self.edit(title, body)
        else:
            await self.create(title, body)
        return self.record

    async def edit(self, title: str, body: str) -> None:
        number = self.record.number
        assert number is not None, "what is there has a number"
        if self.record.comment_id is not None:
            await comments.edit(self.github, self.repository, self.record.comment_id, body)
        else:
            await issues.edit_issue(self.github, self.repository, number, title, body, reopened=self.rolling)
        await self.note(replace(self.record, state=POSTED))

    async def create(self, title: str, body: str) -> None:
        wait = self.github.write_delay()
        if wait > timedelta(0):
            # what has not been tried need not be looked for
            raise Later(self.now() + wait, PACED)
        if self.record.state != POSTING:
            await self.note(replace(self.record, state=POSTING))
        if not await self.still_ours():
            raise Later(self.now() + AGAIN_AFTER, TAKEN_OVER)
        try:
            await self.send(title, body)
        except Unsure as unsure:
            log.warning("a report may or may not have been created", reason=unsure.reason)
            await self.adopt()
            if not self.is_there:
                raise Later(self.now() + AGAIN_AFTER, "GitHub did not say whether the report was created") from unsure

    async def send(self, title: str, body: str) -> None:
        """Create it and note its number; where a server that stood still meanwhile finds it made twice, one stays."""
        if self.thread is not None:
            made = await comments.create(self.github, self.repository, self.thread, body)
        else:
            labels = [LABEL] if self.label else []
            made = await issues.open_issue(self.github, self.repository, title, body, labels)
        if await self.still_ours():
            await self.take(made)
            return
        first, *twins = await self.all_of_it(made)
        log.warning("a report was made by two servers", key=self.record.key, kept=first, twins=twins)
        for twin in twins:
            await self.withdraw(twin)
        await self.take(first)
        raise Later(self.now() + AGAIN_AFTER, TAKEN_OVER)

    async def all_of_it(self, made: int) -> list[int]:
        """Return what carries the key, the oldest first: `made` and what another server has made beside it."""
        own, found = await self.own(), {made}
        for look in range(LOOKS):
            if look:
                await self.sleep(BETWEEN_LOOKS)
            found.update([one async for one in self.carrying(own)])
            if len(found) > 1:
                break
        return sorted(found)

    async def withdraw(self, twin: int) -> None:
        """Take back what is there twice: a comment is deleted, an issue closed as not planned."""
        await self.sleep(self.github.write_delay().total_seconds())
        try:
            if self.thread is not None:
                await comments.delete(self.github, self.repository, twin)
            else:
                await issues.close_issue(self.github, self.repository, twin, planned=False)
        except Gone:
            log.info("a report's twin is gone", key=self.record.key, twin=twin)

    async def take(self, made: int) -> None:
        """Note which issue, or which comment of the thread, is the report."""
        if self.thread is not None:
            await self.note(replace(self.record, number=self.thread, comment_id=made, state=POSTED))
        else:
            await self.note(replace(self.record, number=made, state=POSTED))

    async def adopt(self) -> None:
        """Look for the key among the App's own issues, or its comments in the thread, and take over what has it.

        Of two it is the oldest.
        """
        own = await self.own()
        for look in range(LOOKS):
            if look:
                await self.sleep(BETWEEN_LOOKS)
            found = [one async for one in self.carrying(own)]
            if found:
                await self.take(min(found))
                return

    async def carrying(self, own: AppFacts) -> AsyncIterator[int]:
        """Yield the numbers of the App's issues, or the ids of its comments in the thread, that have the key."""
        since = self.record.created_at - CLOCKS_DIFFER
        if self.thread is not None:
            async for comment in issue_comments(self.github, self.repository, self.thread, since):
                if own.wrote(comment.app_id, comment.login) and find_key(comment.body) == self.record.key:
                    yield comment.id
            return
        async for issue in issues_by(self.github, self.repository, own.bot_login, since):
            if own.wrote(issue.app_id, issue.login) and find_key(issue.body) == self.record.key:
                yield issue.number

    async def own(self) -> AppFacts:
        """Return who the App is; where GitHub does not say, what any App wrote with the key counts."""
        try:
            return await self.identity()
        except (Gone, Refused) as error:
            log.warning("who the App is is not known", reason=error.reason)
            return UNKNOWN

    async def note(self, record: WrittenReport) -> None:
        self.record = replace(record, updated_at=self.now())
        record = self.record
        await self.store.write(lambda connection: save_report(connection, record))


async def label_is_there(github: GitHub, repository: RepoRef) -> bool:
    """Make the reports' label, unless it is there; False where the App may not."""
    return await issues.make_label(github, repository, LABEL, COLOR, DESCRIPTION)
