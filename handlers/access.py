"""Who may see what of a repository: its traffic those who may push, as on GitHub, unless its owners say otherwise."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import structlog

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from analytics.terms import People
from github.client import GitHub
from github.errors import Refused
from github.reads.permission import permission
from handlers.audience import readers_of, widest
from reports.answering import ref
from reports.configuration import Configuration
from reports.configured import configuration_for
from reports.question import Question
from reports.sentences import TRAFFIC_OFF, TRAFFIC_UNREAD, TRAFFIC_UNSURE, traffic_refused
from reports.services import Services
from reports.together import narrowest, readable_together
from storage.installations import Repository

if TYPE_CHECKING:
    from github.reads.active import Shown
    from reports.whole import Counted

PUSH = "push"
ORGANISATION = frozenset({"org-traffic"})
MOST_TOGETHER = 500  # repositories that one question is decided over: each costs up to three requests, remembered after
AT_ONCE = 10

Found = TypeVar("Found")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is left of a question for whoever asks, None if nothing is.

    refusal: why a part of it is not answered, one line of Markdown.
    """

    question: Question | None
    refusal: str | None = None


@dataclass
class Access:
    """What one person may see in one repository; found out once, when a question first needs it.

    owners: speaks for the whole installation, since the configuration may lie in the owner's `.github` repository ·
    belongs: whether GitHub calls the person a member, or the owner, of the repository's owner · member: whether the
    person is one of those whom the thread's repository answers whatever its configuration says.
    """

    services: Services
    github: GitHub
    owners: GitHub
    repository: Repository
    login: str
    belongs: bool = False
    member: bool = False
    configuration: Configuration | None = None
    refusal: str | None = None
    """Why this person may not see traffic, None if they may; meaningful once `decided`."""
    decided: bool = False
    listed: Mapping[int, Shown] | None = None
    """The repositories of the installation as GitHub lists them, None until a question counts over them."""
    audience: Repository | None = None
    """The repository as it decides who reads what is said in it, None until somebody asks."""

    async def settings(self) -> Configuration:
        """Return what the repository's owners have set; raises Later."""
        if self.configuration is None:
            self.configuration = await configuration_for(self.services, self.owners, self.repository)
        return self.configuration

    async def admit(self, question: Question) -> Admitted:
        """Take out of a question what this person may not ask; raises Later."""
        asked = [all_metrics()[name] for name in question.metrics]
        protected = [metric.name for metric in asked if metric.audience == PUSH]
        if not protected and not await self.adds_traffic(question):
            return Admitted(question)
        if await self.sees_traffic():
            together = any(all_metrics()[name].needs & ORGANISATION for name in protected)
            repositories = await self.together() if together else ()
            return Admitted(replace(question, sees_traffic=True, repositories=repositories))
        if not protected:
            return Admitted(question)
        left = tuple(name for name in question.metrics if name not in protected)
        return Admitted(replace(question, metrics=left) if left else None, self.refusal)

    async def adds_traffic(self, question: Question) -> bool:
        """Tell whether traffic would add to the answer: some metric takes it in passing, and there is some.

        To a narrowed answer it would not: nobody's visits are by author, label or branch.
        """
        if question.filters or question.whole_organisation:
            return False
        if not any(all_metrics()[name].also & CAPTURED for name in question.metrics):
            return False
        # imported when first needed: an idle server does not carry the tables of traffic
        traffic = await asyncio.to_thread(importlib.import_module, "storage.traffic")
        span = await self.services.store.read(lambda conn: traffic.known_span(conn, self.repository.id))
        return span is not None

    async def sees_traffic(self) -> bool:
        """Tell whether this person may see the repository's traffic, as its configuration has it."""
        if not self.decided:
            self.refusal = await self.reason(await self.settings(), self.github, self.repository)
            self.decided = True
        return self.refusal is None

    async def together(self) -> tuple[int, ...]:
        """Return the ids of the repositories that are counted where traffic of all is asked for, this one included.

        Each is decided for itself, by its own configuration and this person's permission there: who may see one
        repository's traffic does not see another's in a sum.
        """

        async def may(one: Repository) -> bool:
            found = await configuration_for(self.services, self.owners, one)
            return await self.reason(found, self.owners, one) is None and await self.may_ask_about(one)

        others = await self.others()
        allowed = await of_each(others, may)
        return (self.repository.id, *(one.id for one, yes in zip(others, allowed, strict=True) if yes))

    async def others(self) -> list[Repository]:
        """Return the other repositories that the readers of a thread in this one may see, as many as are looked at."""
        listed = await self.listing()
        readable = await readable_together(self.services.store, await self.readers())
        return [one for one in readable if one.id in listed][:MOST_TOGETHER]

    async def listing(self) -> Mapping[int, Shown]:
        """Return the repositories of the installation as GitHub lists them when a question first counts over them.

        Raises Later. One may have gone private without a webhook; the store knows it from then on.
        """
        if self.listed is None:
            # imported when first needed: an idle server does not carry it
            many = await asyncio.to_thread(importlib.import_module, "reports.whole")
            self.listed = await many.shown_now(self.services.store, self.owners, self.repository.installation_id)
            now = self.listed.get(self.repository.id)
            if now is not None:
                reported = self.repository
                # what it holds is for the fewest of whom it may be shown to, and what is said in it is read by the most
                self.audience = replace(reported, visibility=widest(reported.visibility, now.visibility))
                self.repository = replace(reported, visibility=narrowest(reported.visibility, now.visibility))
        return self.listed

    async def readers(self) -> Repository:
        """Return the thread's repository with the visibility that decides who reads its threads. Raises Later, Gone."""
        if self.audience is None:
            self.audience = await readers_of(self.github, self.repository)
        return self.audience

    async def may_ask_about(self, other: Repository) -> bool:
        """Tell whether the owners of another repository let this person ask about it. Raises Later.

        Whom the thread's repository answers as a member may ask about the others, too; of whom it answers because it
        answers everybody, or because the thread is theirs, the others know nothing.
        """
        if self.member or other.id == self.repository.id:
            return True
        owners = self.services.github(other.installation_id)
        if (await configuration_for(self.services, owners, other)).everyone_may:
            return True
        try:
            return (await permission(owners, ref(other), self.login)).collaborates(public=other.visibility == "public")
        except Refused:
            return False

    async def counted(self) -> tuple[Repository, Counted]:
        """Return the thread's repository as it decides who reads, and which repositories are counted for these readers.

        Internal ones are for everybody who belongs to the owner. Whoever is only a collaborator from outside gets them
        with the permission to read each of them, and else what a private thread would show.
        """
        listed = await self.listing()
        many = await asyncio.to_thread(importlib.import_module, "reports.whole")
        readers = await self.readers()
        found: Counted = await many.choose(self.services.store, readers, readers, listed)
        if readers.visibility == "internal" and not self.belongs:
            internal = [one for one in found.repositories if one.visibility == "internal" and one.id != readers.id]
            if not all(await of_each(internal, self.reads)):
                readers = replace(readers, visibility="private")
                found = await many.choose(self.services.store, readers, readers, listed)
        return readers, await self.allowed(found)

    async def allowed(self, found: Counted) -> Counted:
        """Return what is counted without the repositories that this person may not ask about."""
        if self.member:
            return found
        may = await of_each(found.repositories, self.may_ask_about)
        kept = tuple(one for one, yes in zip(found.repositories, may, strict=True) if yes)
        return replace(found, repositories=kept, asked_only=True)

    async def reads(self, one: Repository) -> bool:
        """Tell whether this person has a permission in a repository of the same installation."""
        try:
            return (await permission(self.owners, ref(one), self.login)).level != "none"
        except Refused:
            return False

    async def people_of(self, repositories: Sequence[Repository]) -> tuple[People, ...]:
        """Return how persons are shown by the owners' word, for each of these repositories of this installation."""

        async def people(one: Repository) -> People:
            return (await configuration_for(self.services, self.owners, one)).terms.people

        return tuple(await of_each(repositories, people))

    async def reason(self, found: Configuration, github: GitHub, repository: Repository) -> str | None:
        """Return why this person may not see a repository's traffic, None if they may."""
        if found.traffic == "everyone":
            return None
        if found.traffic == "off":
            return TRAFFIC_UNREAD if found.traffic_unsure else TRAFFIC_OFF
        try:
            may = (await permission(github, ref(repository), self.login)).can_push
        except Refused as refusal:
            log.info("a person's permission cannot be read", repository=repository.id, status=refusal.status)
            return TRAFFIC_UNSURE
        return None if may else traffic_refused(repository.full_name)


async def of_each(repositories: Sequence[Repository], find: Callable[[Repository], Awaitable[Found]]) -> list[Found]:
    """Return what is found of each repository, a few of them at once."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(repository: Repository) -> Found:
        async with turn:
            return await find(repository)

    return list(await asyncio.gather(*(one(repository) for repository in repositories)))
