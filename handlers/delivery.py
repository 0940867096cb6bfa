"""A stored delivery on its way to the module that handles its event."""

from __future__ import annotations

import asyncio

import structlog

from github.deliveries import payload_of
from handlers.events import event_named
from reports.services import Services
from storage.intake import unpack
from storage.queue import Job

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
        log.error("a delivery is given up", attempts=job.attempts)
        event = await asyncio.to_thread(event_named, name)
        if event is not None and event.give_up is not None:
            await event.give_up(services, job.key, payload_of(body))
