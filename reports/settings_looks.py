"""The job that reads the settings of an installation's repositories: put each day, and where an installation is new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from storage.backlog import locks_under_way
from storage.connection import Connection
from storage.queue import NewJob, put

KIND = "settings"
PRIORITY = 0  # below everything: a file that says `reports:` is written once, and read every day


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """What such a job carries: one repository, or an installation, and after which of its repositories it goes on.

    mark: what tells the jobs of one look from those of another.
    """

    repository: int | None = None
    installation: int | None = None
    after: int = 0
    mark: str = ""


def look_at(installation_id: int, mark: str, after: int = 0, run_at: datetime | None = None) -> NewJob:
    """Return the job that reads the settings of the repositories whose ids are above `after`."""
    key = f"{installation_id}:{mark}" + (f":{after}" if after else "")
    carried = msgspec.json.encode(Look(installation=installation_id, after=after, mark=mark))
    return NewJob(KIND, key, carried, lock_of(installation_id), PRIORITY, run_at)


def lock_of(installation_id: int) -> str:
    """Return the lock that keeps two looks at one installation apart."""
    return f"installation:{installation_id}:{KIND}"


async def look_soon(conn: Connection, installation_ids: Iterable[int], mark: str, now: datetime) -> int:
    """Put a look at each installation, unless one is still under way there; return how many were put.

    A look that takes longer than a day is not overtaken by the next day's, which would begin where it began.
    """
    under_way = await locks_under_way(conn, KIND)
    wanted = [look_at(one, mark) for one in installation_ids if lock_of(one) not in under_way]
    return await put(conn, wanted, now)
