"""How many workflow runs there were: most clones are checkouts by CI, and where runs are readable they explain a share.

Which days matter is only known once the days are laid out, so traffic is measured once without pictures first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import RepoRef
from github.reads.workflow_runs import runs_between
from reports.answer import Answer, Section
from reports.compute_task import Task
from reports.services import Services
from storage.installations import Repository, installation

TRAFFIC = "traffic"
PERMISSION = "actions"
DAY = timedelta(days=1)

Span = tuple[date, date]

log = structlog.get_logger(__name__)


async def workflow_runs(services: Services, github: GitHub, repository: Repository, task: Task) -> Mapping[Span, int]:
    """Return the runs of the window and of each day whose clones stand out, from one UTC day up to, without, another.

    Empty where the App may not read workflow runs; without the window where not every day's clones are known.
    """
    owner = await services.store.read(lambda conn: installation(conn, repository.installation_id))
    if owner is None or PERMISSION not in (owner.permissions or {}):
        return {}
    alone = replace(task, question=replace(task.question, metrics=(TRAFFIC,)), pictures=False, most_pictures=0)
    measured = await services.pool.run("answer", alone)
    assert isinstance(measured, Answer), "what compute.answer returns"
    wanted = list(dict.fromkeys(spans(measured.sections[0])))
    return await counted(github, RepoRef(repository.id, repository.owner, repository.name), wanted)


def spans(section: Section) -> Iterator[Span]:
    """Yield the window's days, from the first to the day after the last, and each day with unusually many clones.

    The window is left out where a day's clones are unknown: all of its runs would be held against a part of its clones.
    """
    days = section.now.tables["per_day"].records()
    if days and all(row["clones"] is not None for row in days):
        yield day(days[0]["day"]), day(days[-1]["day"]) + DAY
    for row in section.now.tables["unusual"].records():
        if row["kind"] == "clones":
            yield day(row["day"]), day(row["day"]) + DAY


def day(cell: object) -> date:
    """Return a cell of a table as the date it is."""
    return date.fromisoformat(str(cell))


async def counted(github: GitHub, repo: RepoRef, wanted: Collection[Span]) -> dict[Span, int]:
    """Return the runs of each span; where GitHub does not say, the answer goes without them."""
    try:
        return dict(
            zip(wanted, await asyncio.gather(*(runs_between(github, repo, *span) for span in wanted)), strict=True)
        )
    except (Gone, Later, Refused) as error:
        log.info("workflow runs are not counted", repository=repo.id, reason=str(error))
        return {}
