"""Where something was reported from is there: its installation and its repository, unless they ended since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reports.together import narrowest
from storage import installations
from storage.connection import Connection
from storage.installations import Installation, Repository

CLOCKS_DIFFER = timedelta(hours=1)
"""A comment's time is GitHub's, and that of a removal which a webhook told is this server's."""


async def note_seen(conn: Connection, installation: Installation, repository: Repository, at: datetime) -> None:
    """Store both as they were seen at a moment.

    A removal after that moment stands, and so does what hides the repository from people: a delivery may come late. Of
    an installation that has ended nothing comes back, and a repository that is another's by now stays there.
    """
    owner = await installations.installation(conn, installation.id)
    known = await installations.repository(conn, repository.id)
    seen = repository if known is None else narrowed(known, repository)
    if owner is not None and has_ended(owner, at):
        hidden = (
            replace(seen, removed_at=owner.removed_at) if known is None else replace(known, visibility=seen.visibility)
        )
        await installations.save_repository(conn, hidden)
        return
    suspended = None if owner is None else owner.suspended_at
    await installations.save_installation(conn, replace(installation, suspended_at=suspended))
    removed = (
        known.removed_at if known is not None and known.removed_at is not None and known.removed_at >= at else None
    )
    await installations.save_repository(conn, replace(seen, removed_at=removed))


def narrowed(known: Repository, seen: Repository) -> Repository:
    """Return a repository as it was seen, but shown to no more people than before."""
    return replace(seen, visibility=narrowest(known.visibility, seen.visibility))


def has_ended(owner: Installation, at: datetime) -> bool:
    """Tell whether an installation's end stands against something that was seen there at a moment."""
    if owner.removed_at is None:
        return False
    margin = CLOCKS_DIFFER if owner.removed_by == "webhook" else timedelta()
    return at <= owner.removed_at + margin
