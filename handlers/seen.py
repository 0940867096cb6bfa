"""Where something was reported from is there: its installation and its repository, unless they ended since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.reported import narrowest
from storage import installations
from storage.connection import Connection
from storage.installations import Installation, Repository


async def note_seen(conn: Connection, installation: Installation, repository: Repository, at: datetime) -> None:
    """Store both as they were seen at a moment.

    A removal after that moment stands, and so does what hides the repository from people: a delivery may come late.
    """
    owner = await installations.installation(conn, installation.id)
    ended = None if owner is None else owner.removed_at
    if ended is None or ended < at:
        suspended = None if owner is None else owner.suspended_at
        await installations.save_installation(conn, replace(installation, suspended_at=suspended))
    known = await installations.repository(conn, repository.id)
    if known is not None:
        ended = known.removed_at
        repository = replace(repository, visibility=narrowest(known.visibility, repository.visibility))
    removed = ended if ended is not None and ended >= at else None
    await installations.save_repository(conn, replace(repository, removed_at=removed))
