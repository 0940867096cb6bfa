"""A stored delivery on its way to the module that handles its event."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from github.deliveries import payload_of
from github.errors import Gone, Later
from handlers.events import event_named
from handlers.kinds import UNANSWERED
from reports.services import Services
from storage import queue
from storage.deliveries import worked_on
from storage.intake import unpack
from storage.queue import Job, NewJob

SAID_AGAIN = timedelta(minutes=5)

log = structlog.get_logger(__name__)


async def handle_delivery(services: Services, job: Job) -> None:
    """Hand the delivery to its event's module; events that nothing handles are done at once."""
    name, body = unpack(job.payload)
    # every line that is logged from here on, wherever, tells which delivery it belongs to
    with structlog.contextvars.bound_contextvars(delivery=job.key, github_event=name):
        # beside the event loop: the first time, this imports everything that the event needs
        event = await asyncio.to_thread(event_named, name)
        if event is None:
            return
        log.info("a delivery is handled", taken_in_at=job.created_at.isoformat())
        await event.handle(services, job.key, payload_of(body))


async def give_delivery_up(services: Services, job: Job) -> None:
    """Let the event's module say that nothing more will come of this delivery."""
    name, body = unpack(job.payload)
    with structlog.contextvars.bound_contextvars(delivery=job.key, github_event=name):
        event = await asyncio.to_thread(event_named, name)
        if event is not None and event.give_up is not None:
            await event.give_up(services, job.key, payload_of(body))


async def own_up(services: Services, job: Job) -> None:
    """Give the delivery up, and where GitHub does not hear of that either, leave it to a job to say so later."""
    log.error("a delivery is given up", delivery=job.key, github_event=unpack(job.payload)[0], attempts=job.attempts)
    try:
        await give_delivery_up(services, job)
    except Gone:
        raise  # there is nobody to be told
    except Exception as error:  # noqa: BLE001 - whatever it was, somebody still waits for a word
        now = services.now()
        log.warning("that a delivery was given up is said later", delivery=job.key, reason=repr(error))
        later = NewJob(UNANSWERED, f"{job.key}/{job.lease}", job.payload, job.lock, run_at=now + SAID_AGAIN)
        await services.store.write(lambda conn: queue.put(conn, [later], now))


async def say_unanswered(services: Services, job: Job) -> None:
    """Say that a delivery was given up, unless GitHub has sent it again meanwhile. Raises Later while it cannot be."""
    guid = job.key.rpartition("/")[0]
    if guid in await services.store.read(lambda conn: worked_on(conn, [guid])):
        return
    try:
        await give_delivery_up(services, replace(job, key=guid))
    except (Gone, Later):
        raise
    except Exception as error:
        raise Later(services.now() + SAID_AGAIN, repr(error)) from error
