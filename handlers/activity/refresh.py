"""The job that reads what a push or a release has changed, while nobody waits."""

from __future__ import annotations

import structlog

from reports.answering import ref
from reports.datasets import WALKS
from reports.gather import attempt, stored_marks
from reports.services import Services
from reports.walk import Progress, Reading
from storage.installations import repository
from storage.queue import Job

log = structlog.get_logger(__name__)


async def refresh(services: Services, job: Job) -> None:
    """Read the newest page of a dataset, and on until it agrees; raises Later, Gone.

    Where half of the hourly limit is used up it is left to whoever asks next: the dataset counts as old until then.
    """
    number, dataset, _ = job.key.split(":")
    found = await services.store.read(lambda connection: repository(connection, int(number)))
    if found is None or found.removed_at is not None:
        return
    github = services.github(found.installation_id, found.id)

    async def report(progress: Progress) -> None:
        log.debug("refresh", repository=found.id, noun=progress.noun, rows=progress.done)

    reading = Reading(services.store, github, ref(found), services.now, report, github.background_allowed)
    mark = (await stored_marks(reading)).get(dataset)
    if mark is None or mark.error or mark.newest_at is None or not github.background_allowed():
        return
    if mark.changed_at is None or (mark.synced_at is not None and mark.changed_at < mark.synced_at):
        return  # somebody has asked meanwhile
    await attempt(reading, mark, lambda known: WALKS[dataset].read_news(reading, known))
