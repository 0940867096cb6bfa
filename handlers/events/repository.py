"""`repository`: it was renamed, transferred, made private or public, archived, or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from github.errors import Gone, Refused
from github.reads.repository import RepositoryFacts
from github.reads.repository import repository as read_repository
from handlers.following import remove_repositories
from handlers.reported import DEFAULT_BRANCH, repository_in
from reports.services import Services
from reports.together import narrowest
from storage import installations
from storage.connection import Connection
from storage.installations import Repository

EVENT = "repository"
FOLLOWED = frozenset(
    ("archived", "created", "edited", "privatized", "publicized", "renamed", "transferred", "unarchived")
)

log = structlog.get_logger(__name__)


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Follow the repository.

    What hides it holds at once; everything else as GitHub shows it now: the delivery may be an old one.
    """
    reported, action = repository_in(payload), payload.get("action")
    if reported is None:
        return
    if action == "deleted":
        await remove(services, reported)
    elif action in FOLLOWED:
        await services.store.write(lambda conn: narrow(conn, reported))
        await look(services, reported)
    log.info("a repository is followed", repository=reported.id, action=action)


async def remove(services: Services, gone: Repository) -> None:
    """Note that the installation does not see it any more."""
    now = services.now()
    await services.store.write(lambda conn: remove_repositories(conn, gone.installation_id, [gone.id], now))


async def narrow(conn: Connection, reported: Repository) -> None:
    """Let a stored repository be seen by no more people than was reported, before GitHub is asked."""
    known = await installations.repository(conn, reported.id)
    if known is not None:
        seen = narrowest(known.visibility, reported.visibility)
        await installations.save_repository(conn, replace(known, visibility=seen))


async def look(services: Services, reported: Repository) -> None:
    """Store the repository as GitHub shows it now; raises Later."""
    github = services.github(reported.installation_id, reported.id)
    try:
        facts = await read_repository(github, reported.owner, reported.name)
    except Gone:
        await remove(services, reported)
        return
    except Refused as refusal:
        log.info("a repository cannot be looked up", repository=reported.id, status=refusal.status)
        return
    if facts.id != reported.id:
        return  # renamed again, and another has its old name: the report of that is on its way
    found = as_stored(facts, reported.installation_id)
    await services.store.write(lambda conn: keep(conn, found))


async def keep(conn: Connection, found: Repository) -> None:
    """Store a repository as GitHub showed it, unless it, or its installation, was taken away while GitHub was asked.

    What comes back is told by `installation_repositories`, or found by the next listing.
    """
    if await installations.is_removed(conn, found.installation_id):
        return
    known = await installations.repository(conn, found.id)
    if known is None or known.removed_at is None or known.installation_id != found.installation_id:
        await installations.save_repository(conn, found)


def as_stored(facts: RepositoryFacts, installation_id: int) -> Repository:
    """Return what GitHub says of a repository as it is stored."""
    return Repository(
        id=facts.id,
        installation_id=installation_id,
        owner=facts.owner,
        name=facts.name,
        visibility=narrowest(facts.visibility),
        default_branch=facts.default_branch or DEFAULT_BRANCH,
        archived=facts.archived,
        node_id=facts.node_id,
    )
