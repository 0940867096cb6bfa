"""Everything a question rests on, read from GitHub where it is missing or old: one repository's or many's."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from analytics.terms import DEFAULT_TERMS, Terms
from github.client import GitHub
from github.errors import Gone
from github.reads.repository import RepoRef
from reports import gather
from reports.answer import DatasetState
from reports.compute_task import Task
from reports.gather import ANY_SHAPE
from reports.question import Question
from reports.together import counted_together, scope, whole_organisation
from reports.walk import Reading
from storage.installations import Repository
from storage.installations import repository as stored
from storage.watermarks import OPEN_SHAPED, SHAPED, Watermark

ORGANISATION = "org-traffic"
GLANCED = "releases"
"""What marks pictures of something else: one page of it is worth a request, its whole history is not."""

Speaker = Callable[[Repository], GitHub]


@dataclass(frozen=True)
class Known:
    """What an answer can rest on: the question with all it counts over, how complete each dataset is, what to say.

    unfinished: the repositories of which reading on into the past could bring more · other_states: how complete the
    datasets are of the repository that the question compares with · together: the repositories that a whole
    organisation's figures are over · public: whether everybody may see all that the answer rests on.
    """

    question: Question
    states: Mapping[str, DatasetState]
    sentences: tuple[str, ...]
    unfinished: tuple[int, ...] = ()
    other_states: Mapping[str, DatasetState] = field(default_factory=dict)
    together: tuple[int, ...] = ()
    public: bool = True

    def task(self, database: str, asked_at: datetime, *, pictures: bool, terms: Terms = DEFAULT_TERMS) -> Task:
        """Return what a worker is asked."""
        return Task(
            database,
            self.question,
            asked_at,
            self.states,
            pictures=pictures,
            terms=terms,
            other_states=self.other_states,
            together=self.together,
        )


async def bring(
    reading: Reading,
    repository: Repository,
    question: Question,
    speaker: Speaker | None = None,
    asked_in: Repository | None = None,
) -> Known:
    """Read from GitHub what the question needs and is missing, and look up what captures have stored of the rest.

    speaker: who speaks for the installation of another repository, by default whoever reads this one · asked_in: whose
    thread it is, by default the repository's own.
    """
    thread = asked_in or repository
    speaks = speaker or (lambda _: reading.github)
    if question.whole_organisation:
        known = await of_organisation(reading, repository, thread, question, speaks)
    else:
        known = await of_repository(reading, repository, question)
    if question.against.kind == "repository":
        known = await with_other(reading, known, speaks)
    return await with_captured(reading, known, repository, thread)


async def of_repository(reading: Reading, repository: Repository, question: Question) -> Known:
    """Read what is missing of one repository."""
    edge = edge_of(question)
    marks = await gather.bring(reading, needs_of(question) - CAPTURED, edge, shape_of(question))
    if any(GLANCED in all_metrics()[name].also for name in question.metrics):
        await gather.glance(reading, GLANCED)
    return Known(
        question,
        {name: state_of(mark, edge) for name, mark in marks.items()},
        (),
        unfinished=() if finished(marks) else (repository.id,),
        public=repository.visibility == "public",
    )


async def of_organisation(
    reading: Reading, repository: Repository, thread: Repository, question: Question, speaks: Speaker
) -> Known:
    """Read what is missing of every repository of the organisation that the thread's readers may see.

    Where it was asked it was decided which those are, by what GitHub listed then; a report that nobody asks lists here.
    """
    # imported when first asked for: an idle server does not carry it
    many = await asyncio.to_thread(importlib.import_module, "reports.whole")
    github = speaks(repository)
    notes: tuple[str, ...] = ()
    if question.counted:
        readable = {one.id: one for one in await whole_organisation(reading.store, repository, thread)}
        counted = [readable[number] for number in question.counted if number in readable]
    else:
        now = await many.counted_now(reading.store, github, repository, thread)
        counted, notes = list(now.repositories), now.notes
    # the readers' own is there with the visibility that says who reads: what it holds may be for fewer
    counted = [repository if one.id == repository.id else one for one in counted]
    edge = edge_of(question)
    readings = [replace(reading, github=github, repository=ref(one)) for one in counted]
    brought = await many.bring_all(readings, needs_of(question) - CAPTURED, edge, shape_of(question))
    of_each = [{name: state_of(mark, edge) for name, mark in marks.items()} for marks in brought.marks.values()]
    if not of_each:
        raise Gone(f"none of the repositories of {repository.owner} could be read")
    said = await scope(reading.store, repository, thread, len(brought.marks))
    return Known(
        question,
        {name: many.combined([one[name] for one in of_each]) for name in of_each[0]},
        (said, *notes, *brought.sentences),
        unfinished=tuple(number for number, marks in brought.marks.items() if not finished(marks)),
        together=tuple(brought.marks),
        public=all(one.visibility == "public" for one in counted),
    )


async def with_other(reading: Reading, known: Known, speaks: Speaker) -> Known:
    """Read what is missing of the repository that the question compares with; of its traffic nothing is compared."""
    question, window = known.question, known.question.previous
    assert window is not None, "against another repository there always is a window"
    number = question.against.repository_id
    other = await reading.store.read(lambda connection: stored(connection, number))
    if other is None or other.removed_at is not None:
        raise Gone(f"{question.against.repository} is not there")
    there = replace(reading, github=speaks(other), repository=ref(other))
    needs = needs_of(question)
    marks = await gather.bring(there, needs - CAPTURED, window.since, shape_of(question))
    states = {name: state_of(mark, window.since) for name, mark in marks.items()}
    sentences = [*known.sentences]
    if needs & CAPTURED:
        sentences.append("traffic is not compared with another repository's")
    return replace(
        known,
        other_states=states,
        sentences=tuple(sentences),
        unfinished=known.unfinished if finished(marks) else tuple(dict.fromkeys([*known.unfinished, other.id])),
        public=known.public and other.visibility == "public",
    )


async def with_captured(reading: Reading, known: Known, repository: Repository, thread: Repository) -> Known:
    """Look up what captures have stored of the traffic that the question needs."""
    question, needs = known.question, needs_of(known.question) & CAPTURED
    if not needs:
        return known
    # imported when first asked for: an idle server does not carry the tables of traffic
    captures = await asyncio.to_thread(importlib.import_module, "reports.captured")
    sentences = known.sentences
    if ORGANISATION in needs:
        counted = await counted_together(reading.store, thread, question.repositories)
        question = replace(question, repositories=counted.ids)
        sentences = (*sentences, counted.sentence)
    web = reading.github.endpoints.web
    found = await captures.captured(
        reading.store, repository, needs, reading.now(), web, question.repositories, edge_of(question)
    )
    return replace(
        known, question=question, states={**known.states, **found.states}, sentences=(*sentences, *found.sentences)
    )


def finished(marks: Mapping[str, Watermark]) -> bool:
    """Tell whether nothing is left that reading on into the past could bring."""
    return all(mark.whole_history or mark.error for mark in marks.values())


def ref(repository: Repository) -> RepoRef:
    """Return the repository as requests name it."""
    return RepoRef(repository.id, repository.owner, repository.name)


def needs_of(question: Question) -> frozenset[str]:
    """Return the datasets that the question's metrics need."""
    return frozenset[str]().union(*(all_metrics()[name].needs for name in question.metrics))


def edge_of(question: Question) -> datetime:
    """Return since when everything must be known: the start of what it is compared with, where that is earlier."""
    if question.previous is None or question.against.kind == "repository":
        return question.window.since
    return min(question.previous.since, question.window.since)


def shape_of(question: Question) -> int:
    """Return what must have been read of each pull request and issue: labels of all, last comments of what is open."""
    if question.filters.labels:
        return SHAPED
    return OPEN_SHAPED if any("comments" in all_metrics()[name].reads for name in question.metrics) else ANY_SHAPE


def state_of(mark: Watermark, edge: datetime) -> DatasetState:
    """Return how complete a dataset is for a question that reaches back to `edge`."""
    # reading that has only begun covers what changed since it began
    since = mark.covered_since or mark.synced_at
    covered = mark.whole_history or mark.error is not None or (since is not None and since <= edge)
    return DatasetState(
        dataset=mark.dataset,
        stored=0,  # counted with the rows, where they are loaded
        total=mark.rows if mark.whole_history and mark.rows else None,
        synced_at=None if mark.error else mark.synced_at,
        covered_since=None if covered else since,
        whole_history=mark.whole_history,
        error=mark.error,
    )
