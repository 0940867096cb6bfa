"""Forget what has been worked on and can no longer come again."""

from __future__ import annotations

import structlog

from reports.services import Services
from storage import queue
from storage.queue import KEYS_KEPT, Job

KIND = "prune"

log = structlog.get_logger(__name__)


async def prune(services: Services, _job: Job) -> None:
    """Drop the keys of jobs that were done long enough ago, in slices, so that no writer waits long."""
    total = 0
    while dropped := await queue.prune(services.store, services.now() - KEYS_KEPT):
        total += dropped
    log.info("old jobs are forgotten", jobs=total)
