"""From a question to its answer: read what is missing, measure in the pool, give pictures their addresses."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.terms import DEFAULT_TERMS, Terms
from github.client import GitHub
from github.reads.repository import RepoRef
from reports.answer import Answer
from reports.bringing import Known, bring, edge_of, needs_of, ref, shape_of, state_of
from reports.ci_share import TRAFFIC, workflow_runs
from reports.configuration import Images
from reports.markdown import PictureLink
from reports.question import Question
from reports.sentences import BRANCH_ELSEWHERE, BRANCH_REFUSED, HOSTED_ELSEWHERE, NO_ADDRESS, TEXT_CHOSEN
from reports.services import Services
from reports.walk import Progress, Reading
from storage.engine import Store
from storage.installations import Repository, installation
from storage.pictures import Picture, save_pictures

__all__ = [
    "BACKGROUND", "Answered", "Known", "answer", "bring", "edge_of", "host", "needs_of", "ref", "shape_of", "state_of",
]  # fmt: skip

PNG = "image/png"
PICTURES = "/pictures"
BACKGROUND = ("pulls", "issues", "commits", "releases")


@dataclass(frozen=True)
class OwnBranch:
    """The repository on whose branch an answer's pictures are put, and who speaks for it."""

    github: GitHub
    repository: RepoRef


@dataclass(frozen=True)
class Answered:
    """An answer with the links and addresses of its pictures; no links where they are shown as text.

    whole: whether every dataset it needs is stored back to the beginning · unfinished: the repositories of which not ·
    branch: where its pictures go if not to an address of our own.
    """

    answer: Answer
    links: tuple[PictureLink, ...] | None
    whole: bool
    addresses: tuple[str, ...] = ()
    unfinished: tuple[int, ...] = ()
    branch: OwnBranch | None = None


async def answer(  # noqa: PLR0917 - the world, whom to ask, what is asked where and when, and who is told
    services: Services,
    github: GitHub,
    repository: Repository,
    question: Question,
    asked_at: datetime,
    report: Callable[[Progress], Awaitable[None]],
    *,
    terms: Terms = DEFAULT_TERMS,
    asked_in: Repository | None = None,
    images: Images = "auto",
) -> Answered:
    """Answer `question` as of `asked_at`; `report` hears how far reading has come. Raises Later and Gone.

    repository: the one that is asked about, which `github` speaks for · terms: what its owners have set · asked_in:
    whose thread it is, where that is another one's; its readers are who may see an organisation's figures ·
    images: how pictures come into comments, as the owners of all that is not public have set it. Whoever calls has made
    sure that they may see `repository`, and what the question compares it with.
    """
    reading = Reading(services.store, github, ref(repository), services.now, report)
    known = await bring(
        reading, repository, question, lambda one: services.github(one.installation_id), asked_in or repository
    )
    branch = None
    own = (asked_in or repository).id == repository.id
    if images == "branch" and own and (known.public or concerns_one(question)):
        branch = OwnBranch(github, ref(repository))
        drawn = await may_write(services.store, repository)
        why_not = BRANCH_REFUSED
    else:
        drawn = services.picture_base is not None and (images == "hosted" or (images != "text" and known.public))
        why_not = why_not_hosted("auto" if images == "branch" else images, public=known.public)
        if images == "branch" and not known.public:
            why_not = BRANCH_ELSEWHERE
    task = known.task(services.store.url, asked_at, pictures=drawn, terms=terms)
    if TRAFFIC in question.metrics:
        task = replace(task, workflow_runs=await workflow_runs(services, github, repository, task))
    answered = await services.pool.run("answer", task)
    assert isinstance(answered, Answer), "what compute.answer returns"
    answered = saying(answered, *known.sentences, *(() if drawn else (why_not,)))
    links = () if drawn else None
    return Answered(answered, links, not known.unfinished, unfinished=known.unfinished, branch=branch)


def concerns_one(question: Question) -> bool:
    """Tell whether a question is about one repository, with no other beside it."""
    return not question.whole_organisation and question.against.kind != "repository"


async def may_write(store: Store, repository: Repository) -> bool:
    """Tell whether the App may put files into a repository, as far as is known; GitHub has the last word."""
    owner = await store.read(lambda conn: installation(conn, repository.installation_id))
    return owner is None or not owner.permissions or owner.permissions.get("contents") == "write"


def saying(answered: Answer, *sentences: str) -> Answer:
    """Return an answer that says more of what it rests on."""
    said = replace(answered.completeness, sentences=(*answered.completeness.sentences, *sentences))
    return replace(answered, completeness=said)


def why_not_hosted(images: Images, *, public: bool) -> str:
    """Return why pictures stand as text where no branch is to have them."""
    if images in ("text", "branch"):
        return TEXT_CHOSEN
    return NO_ADDRESS if public or images == "hosted" else HOSTED_ELSEWHERE


async def host(services: Services, answered: Answered, repository_id: int, key: str, first: int) -> Answered:
    """Store the answer's pictures under fresh addresses; `first` is the number of the comment's next picture.

    Those that go to a branch are put there instead; where that cannot be, their text stands for them and it is said.
    """
    if answered.links is None:
        return answered
    if answered.branch is not None:
        return await on_branch(answered, answered.branch)
    if services.picture_base is None:
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


async def on_branch(answered: Answered, branch: OwnBranch) -> Answered:
    """Put the answer's pictures on a branch."""
    if not answered.answer.pictures:
        return answered
    # imported when first needed, beside the event loop: few repositories want it so
    module = await asyncio.to_thread(importlib.import_module, "reports.branch")
    links, why_not = await module.hang(branch.github, branch.repository, answered.answer.pictures)
    if links is None:
        return replace(answered, answer=saying(answered.answer, why_not), links=None)
    return replace(answered, links=links)
