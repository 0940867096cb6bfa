"""Deliveries that need nothing but the database, most of them: done within the transaction that ends their job.

Nothing says beforehand which these are. The event's module is given services that have a database and no other door:
whoever asks GitHub, the pool or the clock's patience fails, what was written is undone, and the delivery is handled as
a job of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from github.deliveries import payload_of
from handlers.events import event_named, is_at_hand
from reports.services import Services
from storage.connection import Connection
from storage.intake import size_of, unpack
from storage.queue import Job
from storage.within import Within

LARGEST = 500_000  # bytes of a body: what is larger takes milliseconds to read alone


class NotAtOnceError(Exception):
    """The delivery needs more than the database."""


class NoPool:
    """Computes nothing."""

    async def run(self, function: str, task: object) -> object:  # noqa: ARG002 - as a pool has it
        closed()


def closed(*_: Any, **__: Any) -> NoReturn:
    """Refuse whatever is asked for."""
    raise NotAtOnceError


async def handle_at_once(services: Services, conn: Connection, job: Job) -> None:
    """Handle a delivery within the transaction of `conn`; raises where it needs more than that."""
    if size_of(job.payload) > LARGEST:
        raise NotAtOnceError
    name, body = unpack(job.payload)
    if not is_at_hand(name):
        raise NotAtOnceError
    event = event_named(name)
    if event is None:
        return
    only = replace(
        services,
        store=Within(services.store, conn),
        github=closed,
        as_app=closed,
        identity=closed,
        pool=NoPool(),
        sleep=closed,
        budgets=closed,
    )
    await event.handle(only, job.key, payload_of(body))
