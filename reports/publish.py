"""Put one comment in place: created once whatever happens in between, edited ever after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused, Unsure
from github.reads.app import UNKNOWN, AppFacts
from github.reads.comments import issue_comments
from github.reads.repository import RepoRef
from github.writes import comments
from reports.keys import find_key
from storage import answers
from storage.answers import PublishedAnswer
from storage.engine import Store

POSTING, POSTED = "posting", "posted"
LOOKS = 2
BETWEEN_LOOKS = 1.5  # seconds: a comment may take a moment until GitHub lists it
AGAIN_AFTER = timedelta(seconds=30)

log = structlog.get_logger(__name__)


@dataclass
class Publication:
    """The one comment that answers one command comment.

    record: how far publishing had come, as stored · identity(): who the App is.
    """

    store: Store
    github: GitHub
    repository: RepoRef
    record: PublishedAnswer
    identity: Callable[[], Awaitable[AppFacts]]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    last_body: str | None = None

    async def put(self, body: str) -> int:
        """Make `body`, which ends in the hidden key, the comment's text; return the comment's id.

        Before a comment is created that is noted; a note without an id means that one may exist: it is looked for.
        Raises Later where GitHub leaves open whether the comment exists, Gone where the thread is.
        """
        if self.record.comment_id is None and self.record.state == POSTING:
            await self.adopt()
        comment_id = self.record.comment_id
        if comment_id is not None:
            if body == self.last_body:
                return comment_id
            try:
                await comments.edit(self.github, self.repository, comment_id, body)
            except Gone:
                # somebody deleted the answer and asks again
                interrupted = self.record.state == POSTING
                self.record = await self.note(replace(self.record, comment_id=None, state=POSTING))
                if interrupted:
                    # a comment in its place was being created already
                    return await self.put(body)
            else:
                self.last_body = body
                log.info("a comment is changed", repository=self.repository.id, comment=comment_id)
                return comment_id
        return await self.create(body)

    async def amend(self, body: str, state: str) -> None:
        """Change the comment's text if it still stands, and note how it stands; nothing is created in its place."""
        if self.record.comment_id is None:
            return
        try:
            await comments.edit(self.github, self.repository, self.record.comment_id, body)
        except Gone as error:
            log.info("an answer that is to be changed is not there", reason=error.reason)
            return
        self.last_body = body
        self.record = await self.note(replace(self.record, state=state))

    async def create(self, body: str) -> int:
        if self.record.state != POSTING:
            self.record = await self.note(replace(self.record, state=POSTING))
        try:
            comment_id = await comments.create(self.github, self.repository, self.record.number, body)
        except Unsure as unsure:
            log.warning("a comment may or may not have been created", reason=unsure.reason)
            await self.adopt()
            if self.record.comment_id is None:
                raise Later(self.now() + AGAIN_AFTER, "GitHub did not say whether the comment was created") from unsure
            return await self.put(body)
        self.record = await self.note(replace(self.record, comment_id=comment_id, state=POSTED))
        self.last_body = body
        log.info("a comment is written", repository=self.repository.id, thread=self.record.number, comment=comment_id)
        return comment_id

    async def adopt(self) -> None:
        """Look for the key among the App's own comments of this thread, and take over the comment that has it."""
        own = await self.own()
        for look in range(LOOKS):
            if look:
                await self.sleep(BETWEEN_LOOKS)
            # the answer cannot be older than the command, by GitHub's own clock
            since = self.record.created_at
            async for comment in issue_comments(self.github, self.repository, self.record.number, since):
                if own.wrote(comment.app_id, comment.login) and find_key(comment.body) == self.record.key:
                    self.record = await self.note(replace(self.record, comment_id=comment.id, state=POSTED))
                    return

    async def own(self) -> AppFacts:
        """Return who the App is; where GitHub does not say, any App's comment with the key counts."""
        try:
            return await self.identity()
        except (Gone, Refused) as error:
            log.warning("who the App is is not known", reason=error.reason)
            return UNKNOWN

    async def note(self, record: PublishedAnswer) -> PublishedAnswer:
        record = replace(record, updated_at=self.now())
        await self.store.write(lambda connection: answers.save_answer(connection, record))
        return record
