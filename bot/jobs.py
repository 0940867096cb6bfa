"""Every kind of job there is. What a kind needs is imported when its first job runs, beside the event loop."""

from __future__ import annotations

import asyncio
import importlib
import random
from collections.abc import Mapping
from datetime import timedelta

from bot.worker import Kind, Run
from handlers.at_once import handle_at_once
from handlers.delivery import handle_delivery, own_up, say_unanswered
from handlers.events import handled
from handlers.kinds import HISTORY, REFRESH, SPEAK, UNANSWERED
from reports.services import Services
from reports.settings_looks import KIND as SETTINGS
from scheduler import prune
from scheduler.clock import DISCOVER
from scheduler.plan import RECONCILE, REDELIVER
from storage.intake import KIND as DELIVERY
from storage.queue import Job

PATIENCE = timedelta(hours=6)  # whoever asked this morning has stopped waiting
OWED = timedelta(days=1)  # as long is tried to say that a question has no answer
CAPTURE = "capture"
DIGEST = "digest"
FRESHEN = "freshen"
TIMED = (prune.KIND, DISCOVER, CAPTURE, RECONCILE, REDELIVER, DIGEST, SETTINGS)
"""The kinds that time puts into the queue."""


def kinds(given: Services) -> Mapping[str, Kind]:
    """Return how each kind of job is run with these services."""
    return {
        DELIVERY: Kind(
            lambda job: handle_delivery(given, job),
            lambda job: own_up(given, job),
            patience=PATIENCE,
            looks_again=True,
            at_once=lambda conn, job: handle_at_once(given, conn, job),
        ),
        UNANSWERED: Kind(lambda job: say_unanswered(given, job), patience=OWED),
        HISTORY: Kind(lazily(given, "handlers.history", "read_history"), background=True),
        prune.KIND: Kind(lambda job: prune.prune(given, job), background=True),
        DISCOVER: Kind(lazily(given, "scheduler.discover", "discover"), background=True),
        REFRESH: Kind(lazily(given, "handlers.activity.refresh", "refresh"), background=True),
        FRESHEN: Kind(lazily(given, "reports.freshening", "freshen"), background=True),
        SPEAK: Kind(lazily(given, "handlers.speaking.telling", "tell"), patience=PATIENCE, background=True),
        RECONCILE: Kind(lazily(given, "scheduler.reconcile", "reconcile"), background=True),
        DIGEST: Kind(
            lazily(given, "scheduler.digest", "digest"),
            lazily(given, "scheduler.digest", "give_up"),
            background=True,
        ),
        SETTINGS: Kind(lazily(given, "scheduler.settings", "look"), background=True),
        REDELIVER: Kind(lambda job: sweep(given, job), background=True),
        CAPTURE: Kind(
            lazily(given, "scheduler.capture", "capture"),
            lazily(given, "scheduler.capture", "give_up"),
            background=True,
            waits=True,
        ),
    }


async def sweep(given: Services, job: Job) -> None:
    """Ask again for deliveries of events that are handled."""
    loaded = await asyncio.to_thread(importlib.import_module, "scheduler.redeliver")
    await loaded.sweep(given, job, handled(), random.random())  # noqa: S311


def lazily(given: Services, module: str, function: str) -> Run:
    """Return `module.function(given, job)`, its module imported no sooner than that."""

    async def run(job: Job) -> None:
        loaded = await asyncio.to_thread(importlib.import_module, module)
        await getattr(loaded, function)(given, job)

    return run
