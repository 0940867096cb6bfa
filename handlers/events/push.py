"""`push`: the default branch has other commits; a payload tells neither their sizes nor what a forced push dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from handlers.activity.keeping import read_soon
from handlers.kinds import SETTINGS
from handlers.reported import ODD
from reports.configuration_file import PATH
from reports.services import Services
from storage.queue import NewJob, put

EVENT = "push"
PRIORITY = 1
SOON = timedelta(seconds=70)  # that there was no file is believed for a minute


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Have the commits read: once for all pushes of two minutes, or by whoever asks before that."""
    try:
        of_default_branch = payload["ref"] == f"refs/heads/{payload['repository']['default_branch']}"
    except ODD:
        return
    if of_default_branch:
        await read_soon(services, payload, "commits")
        if touches_settings(payload):
            await follow_settings(services, payload)


def touches_settings(payload: Mapping[str, Any]) -> bool:
    """Tell whether one of the commits that the payload lists has written or removed the settings file."""
    commits = [commit for commit in payload.get("commits") or () if isinstance(commit, Mapping)]
    return any(PATH in (commit.get(kind) or ()) for commit in commits for kind in ("added", "modified", "removed"))


async def follow_settings(services: Services, payload: Mapping[str, Any]) -> None:
    """Have the settings read, so that a report that they want is not found out about a day later."""
    repository, now = int(payload["repository"]["id"]), services.now()
    wanted = msgspec.json.encode({"repository": repository})
    key = f"{repository}:{payload.get('after')}"
    job = NewJob(SETTINGS, key, wanted, f"repository:{repository}", PRIORITY, now + SOON)
    await services.store.write(lambda connection: put(connection, [job], now))
