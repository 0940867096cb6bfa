"""Answer one comment's commands in one comment: say so when it takes long, react, publish once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import RepoRef
from github.writes.reactions import EYES, ROCKET, THUMBS_DOWN
from handlers.access import Access
from handlers.command import AskedRepository
from handlers.commands import command_for
from handlers.grammar import Call, GrammarMistake
from handlers.reactions import Reactions
from reports.answer import Answer
from reports.answering import answer, host, ref
from reports.markdown import PictureLinks, several
from reports.mistake import Mistake
from reports.publish import Publication
from reports.question import Question
from reports.sentences import cannot_later, mistake, waiting
from reports.services import Services
from reports.walk import Progress
from storage.installations import Repository
from storage.pictures import delete_pictures

QUICK = 2.0  # seconds: an answer that comes sooner needs no sign that it is being worked on
LATE = 30.0  # seconds: whoever asked has been waiting already
PROGRESS_EVERY = 30.0  # seconds between edits that only say how far reading has come

log = structlog.get_logger(__name__)


@dataclass
class Conversation:
    """What a command can do (`handlers.command.Context`), and what becomes of it in the thread.

    access: what whoever asks may see · now: when the question was asked, the moment its period ends at · waited:
    seconds since the comment was written.
    """

    services: Services
    github: GitHub
    repo: Repository
    key: str
    publication: Publication
    reactions: Reactions
    access: Access
    now: datetime
    waited: float = 0.0
    parts: list[Answer | str] = field(default_factory=list)
    links: list[PictureLinks | None] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    whole: bool = True
    mistaken: bool = False
    heard: Progress | None = None
    """How far reading from GitHub has come; None while nothing has to be read."""

    @property
    def repository(self) -> AskedRepository:
        return self.repo

    @property
    def ref(self) -> RepoRef:
        return ref(self.repo)

    async def answer(self, question: Question) -> None:
        """Answer in this command's part of the comment what whoever asks may see of it, and say why not the rest."""
        admitted = await self.access.admit(question)
        if admitted.refusal is not None:
            self.mistaken = True
            await self.say(admitted.refusal)
        if admitted.question is not None:
            await self.publish(admitted.question)
        if admitted.fault is not None:
            await self.say(admitted.fault)

    async def publish(self, question: Question) -> None:
        """Answer `question`, which whoever asks may ask."""
        found = await answer(self.services, self.github, self.repo, question, self.now, self.hear)
        hosted = await host(self.services, found, self.repo.id, self.key, len(self.addresses) // 2)
        self.whole = self.whole and hosted.whole
        self.addresses += hosted.addresses
        self.parts.append(hosted.answer)
        self.links.append(hosted.links)

    async def status(self) -> None:
        """Say in this command's part of the comment what is stored and what went wrong."""
        from reports.status import status  # noqa: PLC0415 - what only this command needs is not carried all day

        await self.say(await status(self.services.store, self.repo, self.now, self.github.endpoints.web))

    async def say(self, markdown: str) -> None:
        """Put `markdown`, harmless already, into this command's part of the comment."""
        self.parts.append(markdown)
        self.links.append(None)

    async def hear(self, progress: Progress) -> None:
        """Remember how far reading has come; `keep_company` says it."""
        self.heard = progress

    async def hold(self, calls: Sequence[Call | GrammarMistake]) -> None:
        """Run the commands and publish what they said; 👀 if that takes a while, then 🚀, or 👎 for a mistake."""
        if self.waited > LATE:
            # an earlier attempt was put off, perhaps before it could say anything
            await self.tell(self.heard or Progress("pull requests", 0, None, None))
        over = asyncio.Event()
        company = asyncio.create_task(self.keep_company(over))
        try:
            for call in calls:
                await self.run(call)
        except Later as later:
            await end(company, over)
            await self.publication.put(cannot_later(later.until, key=self.key))
            raise
        finally:
            await end(company, over)
        await self.publication.put(several(self.parts, picture_urls=self.links, key=self.key))
        await self.services.store.write(lambda connection: delete_pictures(connection, self.key, self.addresses))
        await self.reactions.show(THUMBS_DOWN if self.mistaken else ROCKET)

    async def run(self, call: Call | GrammarMistake) -> None:
        if isinstance(call, GrammarMistake):
            self.mistaken = self.mistaken or not call.only_left_out
            await self.say(call.sentence)
            return
        try:
            await command_for(call).run(self, call)
        except Mistake as wrong:
            self.mistaken = True
            await self.say(mistake(wrong))

    async def keep_company(self, over: asyncio.Event) -> None:
        """Unless the answer is there soon: react with 👀, say that it is coming, and then how far it is."""
        if await happens(over, max(0.0, QUICK - self.waited)):
            return
        await self.reactions.show(EYES)
        while not over.is_set():
            if self.heard is not None:
                await self.tell(self.heard)
            await happens(over, PROGRESS_EVERY if self.heard else QUICK)

    async def tell(self, heard: Progress) -> None:
        """Put into the comment how far reading has come; where that fails, the answer itself will say why."""
        body = waiting(self.ref.full_name, read=heard.done, about=heard.total, noun=heard.noun, key=self.key)
        try:
            await self.publication.put(body)
        except (Later, Gone, Refused) as error:
            log.info("the progress could not be said", reason=error.reason)


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Return whether `event` is set within `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def end(company: asyncio.Task[None], over: asyncio.Event) -> None:
    """Let what is being said come to its end: a comment half posted would be posted twice."""
    over.set()
    await asyncio.gather(company, return_exceptions=True)
