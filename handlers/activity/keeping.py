"""Keep what a webhook told, where somebody has asked about that repository before; elsewhere it costs one look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from handlers.activity.payload import Payload, repository_id_in
from handlers.kinds import REFRESH
from reports.services import Services
from storage.connection import Connection
from storage.currency import followed, note_changed, note_heard, note_told
from storage.queue import NewJob, put

GATHERED = timedelta(minutes=2)
"""So many pushes come together: one reading follows them."""
SOON = timedelta(seconds=10)  # GitHub's lists may lag behind its webhooks
PRIORITY = 1  # below every delivery

Save = Callable[[Connection, int], Awaitable[None]]


async def keep(services: Services, payload: Payload, dataset: str, at: datetime, save: Save) -> None:
    """Keep what a webhook of the dataset's own told, which was changed at `at`; save(connection, repository id)."""
    now = services.now()

    async def work(conn: Connection, repository_id: int) -> None:
        await save(conn, repository_id)
        await note_heard(conn, repository_id, dataset, at, now)

    await where_followed(services, payload, dataset, work)


async def keep_beside(services: Services, payload: Payload, dataset: str, at: datetime, save: Save) -> None:
    """Keep what a webhook told beside its own matter: it does not prove that the dataset's own webhooks come."""

    async def work(conn: Connection, repository_id: int) -> None:
        await save(conn, repository_id)
        await note_told(conn, repository_id, dataset, at)

    await where_followed(services, payload, dataset, work)


async def read_soon(services: Services, payload: Payload, dataset: str, save: Save | None = None) -> None:
    """Note a change that only GitHub's list tells, and have that read while nobody waits, once for many such."""
    now = services.now()

    async def work(conn: Connection, repository_id: int) -> None:
        if save is not None:
            await save(conn, repository_id)
        await note_changed(conn, repository_id, dataset, now)
        await put(conn, [reading(repository_id, dataset, now)], now)

    await where_followed(services, payload, dataset, work)


def reading(repository_id: int, dataset: str, now: datetime) -> NewJob:
    """Return the job that reads a dataset's news at the end of this span of time."""
    span = int(now.timestamp() // GATHERED.total_seconds())
    run_at = datetime.fromtimestamp((span + 1) * GATHERED.total_seconds(), now.tzinfo) + SOON
    key = f"{repository_id}:{dataset}:{span}"
    return NewJob(REFRESH, key, b"", f"repository:{repository_id}", PRIORITY, run_at)


async def where_followed(services: Services, payload: Payload, dataset: str, save: Save) -> None:
    """Run `save` in a transaction if the dataset of that repository is kept current."""
    repository_id = repository_id_in(payload)
    if repository_id is None or dataset not in await services.store.read(lambda conn: followed(conn, repository_id)):
        return  # most webhooks of most installations end here, without having to wait for the database's turn

    async def work(conn: Connection) -> None:
        if dataset in await followed(conn, repository_id):  # it may have been removed meanwhile
            await save(conn, repository_id)

    await services.store.write(work)
