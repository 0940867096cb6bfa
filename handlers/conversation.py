"""Answer one comment's commands in one comment: say so when it takes long, react, publish once."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.pace import Urgency
from github.reads.repository import RepoRef
from github.writes.reactions import EYES, ROCKET, THUMBS_DOWN
from handlers.access import Access
from handlers.command import AskedRepository, ExportFormat
from handlers.commands import command_for
from handlers.grammar import Call, GrammarMistake
from handlers.part import Part, meant
from handlers.reactions import Reactions
from reports.answering import answer, host, ref
from reports.configuration import Configuration
from reports.configured import note_said
from reports.mistake import Mistake
from reports.parts import BETWEEN, Piece, arranged, together
from reports.publish import Publication
from reports.question import Question
from reports.sentences import cannot_later, mistake, waiting
from reports.services import Services
from reports.walk import Progress
from storage.answer_parts import AnswerPart, save_parts
from storage.connection import Connection
from storage.exports import delete_exports
from storage.installations import Repository
from storage.pictures import delete_pictures

if TYPE_CHECKING:
    from handlers.asking import Asked

QUICK = 2.0  # seconds: an answer that comes sooner needs no sign that it is being worked on
LATE = 30.0  # seconds: whoever asked has been waiting already
PROGRESS_EVERY = 30.0  # seconds between edits that only say how far reading has come

log = structlog.get_logger(__name__)


@dataclass
class Conversation:
    """What a command can do (`handlers.command.Context`), and what becomes of it in the thread.

    access: what whoever asks may see in the thread's repository · now: when the question was asked, the moment its
    period ends at · waited: seconds since the comment was written · published: what the answer's commands were answered
    with before an edit, by their meaning · may_correct: whether whoever asks is somebody to tell of faults in the
    configuration.
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
    published: Mapping[str, AnswerPart] = field(default_factory=dict)
    may_correct: bool = True
    parts: list[Part] = field(default_factory=list)
    unfinished: dict[int, None] = field(default_factory=dict)
    """The repositories that are to be read on into their past."""
    heard: Progress | None = None
    """How far reading from GitHub has come; None while nothing has to be read."""
    told: Configuration | None = None
    """The configuration whose faults this answer says."""

    @property
    def repository(self) -> AskedRepository:
        return self.repo

    @property
    def ref(self) -> RepoRef:
        return ref(self.repo)

    @property
    def part(self) -> Part:
        """The part of the command that is being answered."""
        return self.parts[-1]

    async def admitted(self, question: Question) -> Asked | None:
        """Return what is left of a question for whoever asks, None if nothing is; say why. Raises Mistake."""
        # imported when first needed, beside the event loop
        asking = await asyncio.to_thread(importlib.import_module, "handlers.asking")
        asked, refusal = await asking.admitted(self.access, question)
        if refusal is not None:
            self.part.mistaken = True
            await self.say(refusal)
        found: Asked | None = asked
        return found

    async def answer(self, question: Question) -> None:
        """Answer in this command's part of the comment what whoever asks may see of it, and say why not the rest."""
        asked = await self.admitted(question)
        if asked is not None:
            await self.publish(asked)
        await self.say_faults()

    async def publish(self, asked: Asked) -> None:
        """Answer a question that whoever asks may ask."""
        found = await answer(
            self.services,
            asked.github,
            asked.home,
            asked.question,
            self.now,
            self.hear,
            terms=asked.terms,
            asked_in=asked.thread,
            images=asked.images,
        )
        first = sum(len(part.pictures) for part in self.parts) // 2
        hosted = await host(self.services, found, self.repo.id, self.key, first)
        self.unfinished |= dict.fromkeys(hosted.unfinished)
        self.part.pictures += hosted.addresses
        self.part.pieces.append(Piece(hosted.answer, hosted.links, asked.terms.language))

    async def export(self, question: Question, form: ExportFormat, /) -> None:
        """Say in this command's part of the comment where the question's numbers can be fetched as a file."""
        asked = await self.admitted(question)
        if asked is None:
            return
        module = await asyncio.to_thread(importlib.import_module, "reports.export_link")
        sentence, address = await module.link(
            self.services, asked.github, asked.home, asked.question, self.now, self.hear,
            form=form, key=self.key, thread=asked.thread, images=asked.images, people=asked.terms.people,
        )  # fmt: skip
        if address is not None:
            self.part.files.append(address)
        await self.say(sentence)
        await self.say_faults()

    async def status(self) -> None:
        """Say in this command's part of the comment what is stored and what went wrong, in the configuration too."""
        from reports.status import status  # noqa: PLC0415 - what only this command needs is not carried all day

        found = await self.access.settings()
        await self.say(await status(self.services.store, self.repo, self.now, self.github.endpoints.web, found))
        if found.faults and self.may_correct:
            self.told = found

    async def report(self, words: Sequence[str], options: Sequence[tuple[str, str]], /) -> None:
        """Do what is wanted of periodic reports, and say in this command's part what is so then; raises Mistake."""
        module = await asyncio.to_thread(importlib.import_module, "reports.digest_arrange")
        asker = module.Asker(self.access.login, self.publication.record.number, f"{self.key}-{len(self.parts)}")
        await self.say(await module.arrange(self.services, self.github, self.repo, asker, words, options, self.now))
        await self.say_faults()

    async def say(self, markdown: str) -> None:
        """Put `markdown`, harmless already, into this command's part of the comment."""
        self.part.pieces.append(Piece(markdown))

    async def say_faults(self) -> None:
        """Say what is wrong in the configuration, unless somebody was told of it before; once in a comment."""
        found = self.access.configuration
        if found is None or self.told is not None or not self.may_correct or not found.unsaid:
            return
        if found.fault_line is not None:
            self.told = found
            await self.say(found.fault_line)

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
        texts = arranged([piece for part in self.parts for piece in part.pieces], self.key)
        await self.publication.put(together(texts, self.key))
        await self.keep(texts)
        if self.told is not None:
            await note_said(self.services, self.repo, self.told)
        await self.reactions.show(THUMBS_DOWN if any(part.mistaken for part in self.parts) else ROCKET)

    async def keep(self, texts: Sequence[str]) -> None:
        """Keep what each command was answered with; what belonged to an earlier version of the answer goes."""
        left = iter(texts)
        stored = []
        for part in self.parts:
            markdown = BETWEEN.join(islice(left, len(part.pieces)))
            if part.meaning is not None:
                stored.append(
                    AnswerPart(part.meaning, markdown, tuple(part.pictures), tuple(part.files), part.mistaken)
                )
        pictures = [address for part in self.parts for address in part.pictures]
        files = [address for part in self.parts for address in part.files]

        async def work(connection: Connection) -> None:
            await delete_pictures(connection, self.key, pictures)
            await delete_exports(connection, self.key, files)
            await save_parts(connection, self.key, stored)

        await self.services.store.write(work)

    async def run(self, call: Call | GrammarMistake) -> None:
        """Answer a command, unless an edit left it as it was."""
        if isinstance(call, GrammarMistake):
            self.parts.append(Part(None, mistaken=not call.only_left_out))
            await self.say(call.sentence)
            return
        known = self.published.get(meant(call))
        if known is not None:
            self.parts.append(Part.kept(known))
            return
        self.parts.append(Part(meant(call)))
        try:
            await command_for(call).run(self, call)
        except Mistake as wrong:
            self.part.mistaken = True
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
        """Put into the comment how far reading has come; where that fails, the answer itself will say why.

        Where writes wait for their turn it is left out, so that the answers come sooner.
        """
        if self.github.write_delay(Urgency.PASSING) > timedelta(0):
            return
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
