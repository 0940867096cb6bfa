"""Who may see a repository's traffic: people who may push, as on GitHub, unless the configuration says otherwise."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import dataclass, replace

import structlog

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from github.client import GitHub
from github.errors import Refused
from github.reads.permission import permission
from reports.answering import ref
from reports.configuration import Configuration, read_configuration
from reports.question import Question
from reports.sentences import TRAFFIC_OFF, TRAFFIC_UNSURE, traffic_refused
from reports.services import Services
from reports.together import readable_together
from storage.installations import Repository

PUSH = "push"
ORGANISATION = frozenset({"org-traffic"})
MOST_TOGETHER = 500  # repositories that one question is decided over: each costs up to three requests, remembered after
AT_ONCE = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is left of a question for whoever asks, None if nothing is.

    refusal: why a part of it is not answered · fault: what is wrong in the configuration; each one line of Markdown.
    """

    question: Question | None
    refusal: str | None = None
    fault: str | None = None


@dataclass
class Access:
    """What one person may see in one repository; found out once, when a question first needs it.

    owners: speaks for the whole installation, since the configuration may lie in the owner's `.github` repository.
    """

    services: Services
    github: GitHub
    owners: GitHub
    repository: Repository
    login: str
    configuration: Configuration | None = None
    refusal: str | None = None
    """Why this person may not see traffic, None if they may; meaningful once `configuration` is there."""
    fault_said: bool = False

    async def admit(self, question: Question) -> Admitted:
        """Take out of a question what this person may not ask; raises Later."""
        asked = [all_metrics()[name] for name in question.metrics]
        protected = [metric.name for metric in asked if metric.audience == PUSH]
        if not protected and not await self.adds_traffic(question):
            return Admitted(question)
        may = await self.sees_traffic()
        fault = self.fault_once()
        if may:
            together = any(all_metrics()[name].needs & ORGANISATION for name in protected)
            repositories = await self.together() if together else ()
            return Admitted(replace(question, sees_traffic=True, repositories=repositories), fault=fault)
        if not protected:
            return Admitted(question, fault=fault)
        left = tuple(name for name in question.metrics if name not in protected)
        return Admitted(replace(question, metrics=left) if left else None, self.refusal, fault)

    async def adds_traffic(self, question: Question) -> bool:
        """Tell whether traffic would add to the answer: some metric takes it in passing, and there is some."""
        if not any(all_metrics()[name].also & CAPTURED for name in question.metrics):
            return False
        # imported when first needed: an idle server does not carry the tables of traffic
        traffic = await asyncio.to_thread(importlib.import_module, "storage.traffic")
        span = await self.services.store.read(lambda conn: traffic.known_span(conn, self.repository.id))
        return span is not None

    async def sees_traffic(self) -> bool:
        """Tell whether this person may see the repository's traffic, as its configuration has it."""
        if self.configuration is None:
            found = await read_configuration(self.owners, self.repository)
            self.refusal = await self.reason(found, self.github, self.repository)
            self.configuration = found
        return self.refusal is None

    async def together(self) -> tuple[int, ...]:
        """Return the ids of the repositories that are counted where traffic of all is asked for, this one included.

        Each is decided for itself, by its own configuration and this person's permission there: who may see one
        repository's traffic does not see another's in a sum.
        """
        others = (await readable_together(self.services.store, self.repository))[:MOST_TOGETHER]
        turn = asyncio.Semaphore(AT_ONCE)

        async def may(one: Repository) -> bool:
            async with turn:
                found = await read_configuration(self.owners, one)
                return await self.reason(found, self.owners, one) is None

        allowed = await asyncio.gather(*(may(one) for one in others))
        return (self.repository.id, *(one.id for one, yes in zip(others, allowed, strict=True) if yes))

    async def reason(self, found: Configuration, github: GitHub, repository: Repository) -> str | None:
        """Return why this person may not see a repository's traffic, None if they may."""
        if found.traffic == "everyone":
            return None
        if found.traffic == "off":
            return TRAFFIC_OFF
        try:
            may = (await permission(github, ref(repository), self.login)).can_push
        except Refused as refusal:
            log.info("a person's permission cannot be read", repository=repository.id, status=refusal.status)
            return TRAFFIC_UNSURE
        return None if may else traffic_refused(repository.full_name)

    def fault_once(self) -> str | None:
        """Return what is wrong in the configuration as one line, the first time it is asked for."""
        said, self.fault_said = self.fault_said, True
        return None if said or self.configuration is None else self.configuration.fault_line
