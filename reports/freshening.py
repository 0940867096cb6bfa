"""What a page shows is brought up to date behind its back: by a job, since no page waits for GitHub."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog

from analytics.tables import CAPTURED
from github.errors import Later
from reports.bringing import edge_of, needs_of, ref, shape_of
from reports.gather import bring, extend
from reports.question import Question
from reports.services import Services
from reports.walk import Progress, Reading
from storage.currency import is_stale
from storage.installations import Repository, repository
from storage.queue import Job, NewJob, put
from storage.watermarks import Watermark, watermarks

KIND = "freshen"
PRIORITY = 2  # below every delivery and command, above history that nobody looks at
AT_MOST_EVERY = timedelta(minutes=5)
SLICE = 4  # pages of each dataset: a command of the same repository waits no longer than that
REST = timedelta(seconds=1)
NO_BUDGET = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What a page lacks: datasets, since when, and what must be known of each row (`storage.watermarks`)."""

    repository: int
    datasets: tuple[str, ...]
    since: datetime
    shape: int


def lacking(needs: Collection[str], marks: Mapping[str, Watermark], edge: datetime, now: datetime) -> tuple[str, ...]:
    """Return the datasets that are older than an answer should be, or do not reach back to `edge`. Pure.

    What GitHub refuses to show counts as known until it is old.
    """
    names = []
    for name in sorted(needs):
        mark = marks.get(name)
        reaches = mark is not None and (mark.whole_history or (mark.covered_since or now) <= edge)
        if mark is None or is_stale(mark, now) or not (reaches or mark.error):
            names.append(name)
    return tuple(names)


async def freshen_if_old(services: Services, question: Question, home: Repository) -> bool:
    """Put the job that brings what a question of one repository lacks, once in minutes; return whether it lacks any."""
    needs = needs_of(question) - CAPTURED
    return bool(await freshen_datasets(services, home, needs, edge_of(question), shape_of(question)))


async def freshen_datasets(
    services: Services, home: Repository, needs: Collection[str], edge: datetime, shape: int
) -> tuple[str, ...]:
    """Put the job that brings what datasets lack, once in minutes; return those that are old or reach too short."""
    now = services.now()
    marks = await services.store.glance(lambda conn: watermarks(conn, home.id))
    datasets = lacking(needs, marks, edge, now)
    if not datasets:
        return ()
    wanted = Wanted(home.id, datasets, edge, shape)
    turn = int(now.timestamp() // AT_MOST_EVERY.total_seconds())
    key = f"{home.id}:{'+'.join(datasets)}:{edge:%Y-%m-%d}:{wanted.shape}:{turn}"
    job = NewJob(KIND, key, msgspec.json.encode(wanted), f"repository:{home.id}", PRIORITY)
    if await services.store.write(lambda conn: put(conn, [job], now)):
        services.wakeup.set()
    return datasets


async def freshen(services: Services, job: Job) -> None:
    """Bring what is lacking, then the older history, slice by slice; raises Later while there is more."""
    wanted = msgspec.json.decode(job.payload, type=Wanted)
    found = await services.store.read(lambda conn: repository(conn, wanted.repository))
    if found is None or found.removed_at is not None:
        return
    github = services.github(found.installation_id, found.id)
    if not github.background_allowed():
        raise Later(services.now() + NO_BUDGET, "half of the hourly limit is left to people's questions")

    async def report(progress: Progress) -> None:
        log.debug("freshen", repository=found.id, noun=progress.noun, rows=progress.done)

    reading = Reading(services.store, github, ref(found), services.now, report, github.background_allowed)
    marks = await services.store.read(lambda conn: watermarks(conn, found.id))
    if any(name not in marks for name in wanted.datasets):
        # nobody has asked before: a slice at a time, so that whoever does meanwhile is not kept waiting
        await extend(reading, wanted.datasets, SLICE)
    marks = await bring(reading, wanted.datasets, wanted.since, wanted.shape)
    unread = any(not (mark.whole_history or mark.error) for mark in marks.values())
    if unread and not await extend(reading, wanted.datasets, SLICE):
        raise Later(services.now() + REST, "there is more history to read")
