"""Answer one comment's commands in one comment: say so when it takes long, react, publish once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import RepoRef
from github.writes.reactions import EYES, ROCKET, THUMBS_DOWN, react, unreact
from handlers.command import AskedRepository
from handlers.commands import command_for
from handlers.grammar import Call, GrammarMistake
from reports.answer import Answer
from reports.answering import Answered, answer, host, ref
from reports.markdown import PictureLinks, several
from reports.mistake import Mistake
from reports.publish import Publication
from reports.question import Question
from reports.sentences import cannot_later, mistake, waiting
from reports.services import Services
from reports.walk import Progress
from storage.installations import Repository

QUICK = 2.0  # seconds: an answer that comes sooner needs no sign that it is being worked on
NOBODY_LOOKS = timedelta(seconds=10)  # a reaction that waits longer for its turn is left out
PROGRESS_EVERY = 30.0  # seconds between edits that only say how far reading has come

log = structlog.get_logger(__name__)


@dataclass
class Conversation:
    """What a command can do (`handlers.command.Context`), and what becomes of it in the thread."""

    services: Services
    github: GitHub
    repo: Repository
    comment_id: int
    key: str
    publication: Publication
    now: datetime
    """When the question was asked: the moment its period ends at and its numbers are as of."""
    again: bool = False
    """Whether an earlier attempt ended early: its 👀 may still be there."""
    parts: list[Answer | str] = field(default_factory=list)
    links: list[PictureLinks | None] = field(default_factory=list)
    pictures: int = 0
    whole: bool = True
    mistaken: bool = False
    began: float = field(default_factory=time.monotonic)
    told: float | None = None
    eyes: int | None = None

    @property
    def repository(self) -> AskedRepository:
        return self.repo

    @property
    def ref(self) -> RepoRef:
        return ref(self.repo)

    async def answer(self, question: Question) -> None:
        """Answer `question` in this command's part of the comment."""
        found = await answer(self.services, self.github, self.repo, question, self.now, self.progress)
        self.whole = self.whole and found.whole
        await self.add(found)

    async def add(self, found: Answered) -> None:
        found = await host(self.services, found, self.repo.id, self.key, self.pictures)
        self.pictures += len(found.answer.pictures)
        self.parts.append(found.answer)
        self.links.append(found.links)

    async def say(self, markdown: str) -> None:
        """Put `markdown`, harmless already, into this command's part of the comment."""
        self.parts.append(markdown)
        self.links.append(None)

    async def progress(self, progress: Progress) -> None:
        """Say in the thread that the answer is coming, once it is clear that it takes a while, and then rarely."""
        now = time.monotonic()
        if now - self.began < QUICK or (self.told is not None and now - self.told < PROGRESS_EVERY):
            return
        self.told = now
        await self.publication.put(
            waiting(self.ref.full_name, read=progress.done, about=progress.total, noun=progress.noun, key=self.key)
        )

    async def hold(self, calls: Sequence[Call | GrammarMistake]) -> None:
        """Run the commands and publish what they said; 👀 if that takes a while, then 🚀, or 👎 for a mistake."""
        looking = asyncio.create_task(self.look_after(QUICK))
        try:
            for call in calls:
                await self.run(call)
        except Later as later:
            await self.publication.put(cannot_later(later.until, key=self.key))
            raise
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        body = several(self.parts, picture_urls=self.links, key=self.key)
        await self.publication.put(body)
        await self.react(THUMBS_DOWN if self.mistaken else ROCKET)

    async def run(self, call: Call | GrammarMistake) -> None:
        if isinstance(call, GrammarMistake):
            self.mistaken = True
            await self.say(call.sentence)
            return
        try:
            await command_for(call).run(self, call)
        except Mistake as wrong:
            self.mistaken = True
            await self.say(mistake(wrong))

    async def look_after(self, seconds: float) -> None:
        """React with 👀 unless the answer is there within `seconds`."""
        await self.services.sleep(seconds)
        try:
            self.eyes = await react(self.github, self.ref, self.comment_id, EYES)
        except (Later, Gone, Refused) as error:
            log.info("no reaction", reason=error.reason)

    async def react(self, content: str) -> None:
        """Put the last reaction in place of 👀; one that cannot be given, or would come late, is not worth it."""
        if self.github.write_delay() > NOBODY_LOOKS:
            return
        try:
            await react(self.github, self.ref, self.comment_id, content)
            if self.eyes is None and self.again:
                # the same reaction twice is one: this tells its id
                self.eyes = await react(self.github, self.ref, self.comment_id, EYES)
            if self.eyes is not None:
                await unreact(self.github, self.ref, self.comment_id, self.eyes)
        except (Later, Gone, Refused) as error:
            log.info("no reaction", reason=error.reason)
