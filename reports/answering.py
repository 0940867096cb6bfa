"""From a question to its answer: read what is missing, measure in the pool, give pictures their addresses."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from github.client import GitHub
from github.reads.repository import RepoRef
from reports import gather
from reports.answer import Answer, DatasetState
from reports.ci_share import TRAFFIC, workflow_runs
from reports.compute_task import Task
from reports.markdown import PictureLink
from reports.question import Question
from reports.sentences import HOSTED_ELSEWHERE, NO_ADDRESS
from reports.services import Services
from reports.together import counted_together
from reports.walk import Progress, Reading
from storage.installations import Repository
from storage.pictures import Picture, save_pictures
from storage.watermarks import Watermark

PNG = "image/png"
PICTURES = "/pictures"
BACKGROUND = ("pulls", "issues", "commits", "releases")
ORGANISATION = "org-traffic"
GLANCED = "releases"
"""What marks pictures of something else: one page of it is worth a request, its whole history is not."""


@dataclass(frozen=True)
class Answered:
    """An answer with the links and addresses of its pictures; no links where they are shown as text.

    whole: whether every dataset it needs is stored back to the beginning.
    """

    answer: Answer
    links: tuple[PictureLink, ...] | None
    whole: bool
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What an answer can rest on: the question with all it counts over, how complete each dataset is, what to say.

    whole: whether nothing is left that reading on into the past could bring.
    """

    question: Question
    states: Mapping[str, DatasetState]
    sentences: tuple[str, ...]
    whole: bool


async def answer(  # noqa: PLR0917 - the world, whom to ask, what is asked where and when, and who is told
    services: Services,
    github: GitHub,
    repository: Repository,
    question: Question,
    asked_at: datetime,
    report: Callable[[Progress], Awaitable[None]],
) -> Answered:
    """Answer `question` as of `asked_at`; `report` hears how far reading has come. Raises Later and Gone."""
    reading = Reading(services.store, github, ref(repository), services.now, report)
    known = await bring(reading, repository, question)
    hosted = services.picture_base is not None and repository.visibility == "public"
    task = Task(services.store.url, known.question, asked_at, known.states, pictures=hosted)
    if TRAFFIC in question.metrics:
        task = replace(task, workflow_runs=await workflow_runs(services, github, repository, task))
    answered = await services.pool.run("answer", task)
    assert isinstance(answered, Answer), "what compute.answer returns"
    sentences = (*answered.completeness.sentences, *known.sentences)
    if not hosted:
        sentences = (*sentences, NO_ADDRESS if repository.visibility == "public" else HOSTED_ELSEWHERE)
    answered = replace(answered, completeness=replace(answered.completeness, sentences=sentences))
    return Answered(answered, () if hosted else None, known.whole)


async def bring(reading: Reading, repository: Repository, question: Question) -> Known:
    """Read from GitHub what the question needs and is missing, and look up what captures have stored of the rest."""
    needs, edge = needs_of(question), edge_of(question)
    marks = await gather.bring(reading, needs - CAPTURED, edge)
    states = {name: state_of(mark, edge) for name, mark in marks.items()}
    whole = all(mark.whole_history or mark.error for mark in marks.values())
    sentences: tuple[str, ...] = ()
    if needs & CAPTURED:
        # imported when first asked for: an idle server does not carry the tables of traffic
        stored = await asyncio.to_thread(importlib.import_module, "reports.captured")
        if ORGANISATION in needs:
            counted = await counted_together(reading.store, repository, question.repositories)
            question = replace(question, repositories=counted.ids)
            sentences = (counted.sentence,)
        web = reading.github.endpoints.web
        found = await stored.captured(
            reading.store, repository, needs & CAPTURED, reading.now(), web, question.repositories
        )
        states, sentences = {**states, **found.states}, (*sentences, *found.sentences)
    if any(GLANCED in all_metrics()[name].also for name in question.metrics):
        await gather.glance(reading, GLANCED)
    return Known(question, states, sentences, whole)


def ref(repository: Repository) -> RepoRef:
    """Return the repository as requests name it."""
    return RepoRef(repository.id, repository.owner, repository.name)


def needs_of(question: Question) -> frozenset[str]:
    """Return the datasets that the question's metrics need."""
    return frozenset[str]().union(*(all_metrics()[name].needs for name in question.metrics))


def edge_of(question: Question) -> datetime:
    """Return since when everything must be known: the previous period's start, where there is one."""
    return question.previous.since if question.previous else question.window.since


def state_of(mark: Watermark, edge: datetime) -> DatasetState:
    """Return how complete a dataset is for a question that reaches back to `edge`."""
    covered = mark.whole_history or (mark.covered_since is not None and mark.covered_since <= edge)
    return DatasetState(
        dataset=mark.dataset,
        stored=0,  # counted with the rows, where they are loaded
        total=mark.rows if mark.whole_history and mark.rows else None,
        synced_at=None if mark.error else mark.synced_at,
        covered_since=None if covered else mark.covered_since,
        whole_history=mark.whole_history,
        error=mark.error,
    )


async def host(services: Services, answered: Answered, repository_id: int, key: str, first: int) -> Answered:
    """Store the answer's pictures under fresh addresses; `first` is the number of the comment's next picture."""
    if answered.links is None or services.picture_base is None:
        return answered
    links: list[PictureLink] = []
    pictures: list[Picture] = []
    given: list[str] = []
    for position, data in enumerate(answered.answer.pictures, start=first):
        addresses: Mapping[str, str] = {"light": services.new_address(), "dark": services.new_address()}
        given += addresses.values()
        for theme, png in (("light", data.light), ("dark", data.dark)):
            pictures.append(Picture(addresses[theme], repository_id, key, position, theme, PNG, png, services.now()))
        urls = {theme: f"{services.picture_base}{PICTURES}/{address}.png" for theme, address in addresses.items()}
        links.append(PictureLink(urls["light"], urls["dark"]))
    await services.store.write(lambda connection: save_pictures(connection, pictures))
    return replace(answered, links=tuple(links), addresses=tuple(given))
