"""The job that reads a repository's older history while nobody waits, a slice at a time."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import structlog

from github.errors import Later
from reports.answering import BACKGROUND, ref
from reports.datasets import WALKS
from reports.gather import extend, stored_marks
from reports.services import Services
from reports.walk import Progress, Reading
from storage.installations import repository
from storage.queue import Job

SLICE = 4  # pages of each dataset, a few seconds of work: a command of the same repository waits no longer than that
REST = timedelta(seconds=1)
NO_BUDGET = timedelta(minutes=10)

log = structlog.get_logger(__name__)


async def read_history(services: Services, job: Job) -> None:
    """Read one slice; raise Later while there is more, so that the next slice comes after whoever waits."""
    repository_id = int(msgspec.json.decode(job.payload)["repository"])
    found = await services.store.read(lambda connection: repository(connection, repository_id))
    if found is None or found.removed_at is not None:
        return
    github = services.github(found.installation_id, found.id)
    if not github.background_allowed():
        raise Later(services.now() + NO_BUDGET, "half of the hourly limit is left to people's questions")

    async def report(progress: Progress) -> None:
        log.debug("history", repository=repository_id, noun=progress.noun, rows=progress.done)

    reading = Reading(services.store, github, ref(found), services.now, report, github.background_allowed)
    # a hundred thousand stars are read on only where somebody has asked for stars
    asked_for = (await stored_marks(reading)).keys() & WALKS.keys()
    if not await extend(reading, {*BACKGROUND, *asked_for}, SLICE):
        raise Later(services.now() + REST, "there is more history to read")
