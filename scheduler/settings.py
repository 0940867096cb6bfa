"""The job that has every repository's settings read: once a day a job for each installation, which then reads them."""

from __future__ import annotations

import asyncio
import importlib

from reports.services import Services
from reports.settings_looks import look_soon
from storage.installations import all_installations
from storage.queue import Job


async def look(services: Services, job: Job) -> None:
    """Put a job for each installation, or read the settings of the repositories that the job's payload names."""
    if not job.payload:
        await look_everywhere(services, job)
        return
    # imported when first needed: a server that nobody has installed does not carry what reads settings
    digest = await asyncio.to_thread(importlib.import_module, "scheduler.digest")
    await digest.look(services, job)


async def look_everywhere(services: Services, job: Job) -> None:
    """Put a job for each installation, but for those whose last one has not come to its end."""
    found = [one.id for one in await services.store.read(all_installations) if one.suspended_at is None]
    if found:
        await services.store.write(lambda conn: look_soon(conn, found, job.key, services.now()))
