"""Everything that a report says, read from GitHub where it is missing, measured and drawn in the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.metric import Cell
from analytics.metrics import all_metrics
from analytics.terms import Terms
from analytics.window import Window
from github.client import GitHub
from reports.against import PREVIOUS, Against
from reports.answer import Answer
from reports.answering import Answered, host, ref, why_not_hosted
from reports.bringing import Known, bring
from reports.configuration import Configuration, Images
from reports.digest_body import Report, Shown
from reports.digest_task import RepositoriesFound, RepositoriesTask, UnusualDay, UnusualTask
from reports.markdown import PictureLinks
from reports.question import Question
from reports.schedule import Due, Schedule, moved
from reports.sentences import BRANCH_OF_ANSWERS
from reports.services import Services
from reports.together import whole_organisation
from reports.walk import Progress, Reading
from storage.installations import Repository

FIGURES = ("overview", "first-review")
AROUND = {"weekly": 12, "monthly": 6, "quarterly": 4}
"""How many periods a picture goes back: one week alone is seven bars."""


@dataclass(frozen=True)
class Writing:
    """A report that is being written. github: speaks for the repository."""

    services: Services
    github: GitHub
    repository: Repository
    schedule: Schedule
    due: Due
    configuration: Configuration
    now: datetime
    key: str

    @property
    def sees_traffic(self) -> bool:
        """Whether everybody who may read the report may see the repository's traffic, by its owners' word."""
        allowed = self.configuration.traffic == "everyone" or self.schedule.traffic
        return allowed and self.configuration.traffic != "off" and not self.schedule.organisation

    @property
    def terms(self) -> Terms:
        """The terms of the figures; of persons in several repositories nothing is said, whoever may name them."""
        found = self.configuration.terms
        return replace(found, people="hidden") if self.schedule.organisation else found

    @property
    def images(self) -> Images:
        """How pictures come into the report; for other repositories this one's owners do not speak."""
        found = self.configuration.images
        return "auto" if self.schedule.organisation and found == "hosted" else found

    @property
    def period(self) -> Window:
        return Window(self.due.period.begin, self.due.period.end)

    @property
    def around(self) -> Window:
        """The longer time up to the period's end that pictures show."""
        every = self.schedule.every
        begin = moved(every, self.due.period.begin.date(), 1 - AROUND[every])
        return Window(
            self.due.period.begin.replace(year=begin.year, month=begin.month, day=begin.day), self.period.until
        )

    @property
    def against(self) -> Against:
        """The period before: for months and quarters that is not one of the same length."""
        if self.schedule.every == "weekly":
            return PREVIOUS
        return Against("window", window=Window(self.due.before.begin, self.due.before.end))

    def asking(self, metrics: Sequence[str], window: Window, against: Against = PREVIOUS) -> Question:
        """Return a question about the repository, or about all of the organisation."""
        return Question(
            tuple(metrics),
            window,
            self.repository.id,
            self.repository.full_name,
            sees_traffic=self.sees_traffic,
            against=against,
            whole_organisation=self.schedule.organisation,
        )

    async def brought(self, question: Question) -> Known:
        """Read from GitHub what a question needs and is missing."""
        reading = Reading(self.services.store, self.github, ref(self.repository), self.services.now, silent)
        github = self.services.github
        return await bring(reading, self.repository, question, lambda one: github(one.installation_id), self.repository)

    def hosts(self, known: Known) -> bool:
        """Tell whether pictures stand under addresses of our own."""
        shown = self.images == "hosted" or (self.images == "auto" and known.public)
        return self.services.picture_base is not None and shown

    async def answered(self, known: Known, *, pictures: int | None = 0) -> Answer:
        """Have a question answered; pictures: how many of each metric at most, None for all."""
        drawn = self.hosts(known) and pictures != 0
        task = known.task(self.services.store.url, self.now, pictures=drawn, terms=self.terms)
        found = await self.services.pool.run("answer", replace(task, most_pictures=pictures))
        assert isinstance(found, Answer), "what compute.answer returns"
        sentences = (*found.completeness.sentences, *known.sentences)
        if not self.hosts(known):
            branch = self.images == "branch"
            why = BRANCH_OF_ANSWERS if branch else why_not_hosted(self.images, public=known.public)
            sentences = (*sentences, why)
        return replace(found, completeness=replace(found.completeness, sentences=sentences))


@dataclass(frozen=True)
class Composed:
    """A report as it is to be published, and the addresses of its pictures.

    unfinished: the repositories of which reading on into the past could bring more.
    """

    report: Report
    addresses: tuple[str, ...]
    unfinished: tuple[int, ...] = ()


async def compose(writing: Writing) -> Composed:
    """Return everything that the report says. Raises Later and Gone."""
    schedule, repository = writing.schedule, writing.repository
    known = await writing.brought(writing.asking(FIGURES, writing.period, writing.against))
    longer = await writing.brought(writing.asking(FIGURES[:1], writing.around))
    figures = await writing.answered(known)
    gallery = Gallery(writing, hosted=writing.hosts(known))
    await gallery.add(await writing.answered(longer, pictures=1))
    found = await by_repository(writing, known)
    if found.picture is not None:
        section = replace(figures.sections[0], pictures=(found.picture,))
        await gallery.add(replace(figures, sections=(section,)))
    further = await beside(writing, gallery)
    rows = await waits(writing)
    return Composed(
        Report(
            name=repository.owner if schedule.organisation else repository.name,
            schedule=schedule,
            due=writing.due,
            figures=figures,
            waiting=rows,
            waiting_n=len(rows),
            pictures=tuple(gallery.shown),
            further=further,
            unusual=await unusual(writing, longer),
            repositories=found.rows,
        ),
        tuple(gallery.addresses),
        tuple(dict.fromkeys([*known.unfinished, *longer.unfinished])),
    )


class Gallery:
    """The report's pictures, each with its address as it is hung up."""

    def __init__(self, writing: Writing, *, hosted: bool) -> None:
        self.writing = writing
        self.hosted = hosted
        self.shown: list[Shown] = []
        self.addresses: list[str] = []

    async def add(self, answer: Answer) -> None:
        """Put an answer's pictures among those after the table."""
        links = (await self.hung(answer)).links
        for place, picture in enumerate(answer.pictures):
            self.shown.append(Shown(picture, links[place] if links else None))

    async def hung(self, answer: Answer) -> Answered:
        """Store an answer's pictures under fresh addresses, if they are hosted."""
        given = Answered(answer, () if self.hosted else None, whole=True)
        services, repository_id = self.writing.services, self.writing.repository.id
        found = await host(services, given, repository_id, self.writing.key, len(self.addresses) // 2)
        self.addresses += found.addresses
        return found


async def beside(writing: Writing, gallery: Gallery) -> tuple[tuple[Answer, PictureLinks | None], ...]:
    """Answer the metrics that were asked for beside the overview, as far as everybody may see them."""
    metrics = [
        name for name in writing.schedule.metrics
        if name in all_metrics() and (writing.sees_traffic or all_metrics()[name].audience != "push")
    ]  # fmt: skip
    if not metrics:
        return ()
    known = await writing.brought(writing.asking(metrics, writing.period, writing.against))
    hung = await gallery.hung(await writing.answered(known, pictures=None))
    return ((hung.answer, hung.links),)


async def waits(writing: Writing) -> list[dict[str, Cell]]:
    """Return what waits now, the longest first."""
    known = await writing.brought(writing.asking(("waiting",), Window(writing.period.since, writing.now)))
    (section,) = (await writing.answered(known)).sections
    grid = section.now.tables.get("waiting")
    return list(grid.records()) if grid is not None else []


async def unusual(writing: Writing, known: Known) -> tuple[UnusualDay, ...]:
    """Return the days of the period that stand out; of several repositories together nothing is usual."""
    if writing.schedule.organisation:
        return ()
    task = UnusualTask(
        writing.services.store.url,
        writing.repository.id,
        writing.period,
        writing.around,
        writing.now,
        known.states,
        writing.sees_traffic,
        writing.terms,
    )
    found = await writing.services.pool.run("unusual", task)
    assert isinstance(found, tuple), "what compute.unusual returns"
    return found


async def by_repository(writing: Writing, known: Known) -> RepositoriesFound:
    """Return the figures of each repository that the report counts, nothing where it is about one."""
    if not writing.schedule.organisation:
        return RepositoriesFound((), None)
    counted = await whole_organisation(writing.services.store, writing.repository, writing.repository)
    task = RepositoriesTask(
        writing.services.store.url,
        writing.repository.owner,
        tuple((one.id, one.full_name) for one in counted if one.id in known.together),
        writing.period,
        writing.around,
        writing.now,
        writing.hosts(known),
        writing.terms,
    )
    found = await writing.services.pool.run("repositories", task)
    assert isinstance(found, RepositoriesFound), "what compute.repositories returns"
    return found


async def silent(_progress: Progress) -> None:
    """Nobody waits for a report."""
