"""The job that speaks of one event: is it wanted, what is there to say, and one comment that is edited ever after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
import structlog

from analytics.metrics import all_metrics
from analytics.milestone_items import USUAL_OVER as MILESTONES_OVER
from analytics.milestone_items import Item
from analytics.release_contents import USUAL_OVER as RELEASES_OVER
from analytics.window import Window
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.pace import Urgency
from github.reads.milestones import milestone_items
from github.writes import comments
from handlers.speaking.subject import Subject
from handlers.speaking.wanting import bare, is_own, wanted
from reports.against import Against
from reports.answer import Answer
from reports.answering import Answered, answer, bring, host, ref
from reports.configuration import Configuration
from reports.configured import configuration_for
from reports.keys import with_key
from reports.markdown import PictureLinks, several
from reports.publish import POSTED, Publication
from reports.question import Question
from reports.services import Services
from reports.speaking_task import SpeakingTask, Spoken
from reports.walk import Progress, Reading
from storage import answers
from storage.answers import PublishedAnswer
from storage.connection import Connection
from storage.installations import Repository, repository
from storage.pictures import delete_pictures
from storage.queue import Job
from storage.watermarks import Watermark

MERGED_OVER = timedelta(days=90)
WITHIN = timedelta(microseconds=1)  # a window ends before its end
LOOK_AGAIN = timedelta(seconds=30)  # GitHub's lists may lag behind its webhooks
GIVEN_UP = timedelta(minutes=30)
NO_BUDGET = timedelta(minutes=10)
AS_GOOD_AS_NEW = timedelta(minutes=10)
"""A label that is put on again within this time changes nothing."""
SPOKEN = "spoken"
NO_COMMAND = 0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FreshFrom(Reading):
    """Reads what was read before a moment, however short ago: the event itself must be among it."""

    moment: datetime | None = None

    def stale(self, mark: Watermark) -> bool:
        late = mark.synced_at is None or (self.moment is not None and mark.synced_at <= self.moment)
        return late or super().stale(mark)


async def tell(services: Services, job: Job) -> None:
    """Speak of the job's event if that is wanted. Raises Later where that would cost what somebody waits for."""
    subject = msgspec.json.decode(job.payload, type=Subject)
    home = await services.store.read(lambda conn: repository(conn, subject.repository_id))
    if home is None or home.removed_at is not None or home.archived:
        return
    owners = services.github(home.installation_id)
    configuration = await configuration_for(services, owners, home)
    if not wanted(subject, configuration) or await is_own(services, subject):
        return
    github = services.github(home.installation_id, home.id).unasked()
    now = services.now()
    if not github.background_allowed():
        raise Later(now + NO_BUDGET, "half of the hourly limit is left to people's questions")
    delay = github.write_delay(Urgency.UNASKED)
    if delay > timedelta(0):
        # before anything is read or measured for it
        raise Later(now + delay, "what somebody has asked for is written first")
    known = await services.store.read(lambda conn: answers.answer(conn, subject.key))
    if known is not None and known.comment_id is not None and now - known.updated_at < AS_GOOD_AS_NEW:
        return
    telling = Telling(services, github, home, subject, configuration, known)
    try:
        await telling.tell(job)
    except Refused as refusal:
        # a locked thread, or a permission that is missing: nobody has asked, so nobody is told
        log.info("an event is not spoken of", kind=subject.kind, repository=home.id, status=refusal.status)


async def unheard(_progress: Progress) -> None:
    """Nobody waits for what is read here."""


@dataclass
class Telling:
    """One event on its way into a thread; `github` writes only where nobody is kept waiting."""

    services: Services
    github: GitHub
    home: Repository
    subject: Subject
    configuration: Configuration
    known: PublishedAnswer | None

    async def tell(self, job: Job) -> None:
        """Measure and write; what GitHub does not list yet is looked for again for a while."""
        if self.subject.kind == "label":
            await self.tell_overview(job)
            return
        spoken = await self.measured()
        if not spoken.found:
            self.again(job)
        elif spoken.markdown is not None and spoken.place is not None:
            await self.put(with_key(spoken.markdown, self.subject.key), spoken.place)

    def again(self, job: Job) -> None:
        """Raise Later unless it has been looked for long enough."""
        now = self.services.now()
        if now - job.created_at < GIVEN_UP:
            raise Later(now + LOOK_AGAIN, "GitHub does not list it yet")
        log.info("an event is not spoken of: GitHub does not list it", kind=self.subject.kind, repository=self.home.id)

    async def tell_overview(self, job: Job) -> None:
        """Put the overview of the last 30 days into the thread, and before it a pull request's own waits.

        Nobody has asked who might see more than everybody in the thread, so there is no traffic in it.
        """
        own = await self.measured() if self.subject.is_pull else None
        if own is not None and not own.found:
            self.again(job)
            return
        question = Question.from_words(
            [], now=self.now, repository_id=self.home.id, repository=self.home.full_name, metrics=all_metrics()
        )
        configuration = self.configuration
        found = await answer(
            self.services, self.github, self.home, question, self.now, unheard,
            terms=configuration.terms, images=configuration.images,
        )  # fmt: skip
        hosted = await host(self.services, found, self.home.id, self.subject.key, 0)
        parts: list[Answer | str] = (
            [hosted.answer] if own is None or own.markdown is None else [own.markdown, hosted.answer]
        )
        links: list[PictureLinks | None] = [*[None] * (len(parts) - 1), hosted.links]
        await self.put(several(parts, picture_urls=links, key=self.subject.key), self.subject.number)
        await self.keep_pictures(hosted)

    async def keep_pictures(self, hosted: Answered) -> None:
        """Let go of the pictures of what stood there before."""
        key, addresses = self.subject.key, hosted.addresses
        await self.services.store.write(lambda conn: delete_pictures(conn, key, addresses))

    @property
    def now(self) -> datetime:
        return self.services.now().replace(microsecond=0)

    async def measured(self) -> Spoken:
        """Have what is to be said measured and put into words, of what GitHub lists by now."""
        now = self.now
        metrics, span, end = {
            "merged": (("time-to-merge",), MERGED_OVER, now),
            "label": (("time-to-merge",), MERGED_OVER, now),
            "release": (("releases",), RELEASES_OVER, self.subject.at),
            "milestone": (("issues", "time-to-merge"), MILESTONES_OVER, self.subject.at),
        }[self.subject.kind]
        # the event is the last thing that is looked at; GitHub's clock may be ahead of this one
        window = Window(end - span, max(end, self.subject.at) + WITHIN)
        question = Question(
            metrics, window, self.home.id, self.home.full_name, against=Against("window", window=window)
        )
        reading = FreshFrom(
            self.services.store, self.github, ref(self.home), self.services.now, unheard, moment=self.subject.at
        )
        known = await bring(reading, self.home, question)
        subject, terms = self.subject, self.configuration.terms
        task = SpeakingTask(
            subject.kind,
            known.task(self.services.store.url, max(now, subject.at), pictures=False, terms=terms),
            subject.number,
            subject.name,
            subject.at,
            await self.items() if subject.kind == "milestone" else (),
            subject.opened_at,
            subject.due_at,
            bots=self.configuration.on.bots,
        )
        said = await self.services.pool.run("spoken", task)
        assert isinstance(said, Spoken), "what compute.spoken returns"
        return said

    async def items(self) -> tuple[Item, ...]:
        """Return what is in the milestone."""
        programs = self.configuration.terms.bots
        listed = milestone_items(self.github, ref(self.home), self.subject.number)
        return tuple(
            [
                Item(
                    one.number,
                    one.is_pull,
                    one.created_at,
                    one.closed_at,
                    one.merged_at,
                    by_program=one.author.is_bot or bare(one.author.login) in programs,
                )
                async for one in listed
            ]
        )

    async def put(self, body: str, place: int) -> None:
        """Write the comment, or edit the one that is there; one that somebody has deleted stays deleted."""
        record = self.known
        if record is not None and record.comment_id is not None:
            try:
                await comments.edit(self.github, ref(self.home), record.comment_id, body)
            except Gone:
                log.info("a comment that nobody had asked for was deleted", repository=self.home.id)
            await self.note(replace(record, updated_at=self.services.now()))
            return
        if record is None:
            record = await self.note(self.first(place))
        publication = Publication(
            self.services.store,
            self.github,
            ref(self.home),
            record,
            self.services.identity,
            self.services.now,
            self.services.sleep,
        )
        await publication.put(body)
        log.info("an event is spoken of", kind=self.subject.kind, repository=self.home.id, state=POSTED)

    def first(self, place: int) -> PublishedAnswer:
        """Return the note of a comment that is to be written in a thread."""
        return PublishedAnswer(
            key=self.subject.key,
            repository_id=self.home.id,
            number=place,
            command_comment_id=NO_COMMAND,
            comment_id=None,
            state=SPOKEN,
            question=f"on: {self.subject.kind}",
            # no older comment can be it, by GitHub's own clock
            created_at=self.subject.at,
            updated_at=self.services.now(),
            asked_by="",
            asked_at=self.subject.at,
        )

    async def note(self, record: PublishedAnswer) -> PublishedAnswer:
        async def work(conn: Connection) -> None:
            await answers.save_answer(conn, record)

        await self.services.store.write(work)
        return record
