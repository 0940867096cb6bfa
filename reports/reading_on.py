"""The job that reads a repository's older history: put after an answer, or a report, that could rest on more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from reports.services import Services
from storage.connection import Connection
from storage.installations import Repository
from storage.installations import repository as stored
from storage.queue import NewJob, put

KIND = "history"
PRIORITY = 1  # below every delivery: people go first


def later_history(asked: Repository, now: datetime) -> NewJob:
    """Return the job that reads on into `asked`'s past; one a day is enough, it goes on until it is done."""
    payload = msgspec.json.encode({"repository": asked.id})
    return NewJob(KIND, f"{asked.id}:{now:%Y-%m-%d}", payload, f"repository:{asked.id}", PRIORITY)


async def read_on(services: Services, unfinished: Collection[int]) -> None:
    """Have the history of repositories read on while nobody waits."""

    async def work(connection: Connection) -> None:
        known = [await stored(connection, number) for number in unfinished]
        jobs = [later_history(one, services.now()) for one in known if one is not None]
        await put(connection, jobs, services.now())

    if unfinished:
        await services.store.write(work)
