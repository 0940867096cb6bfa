"""Which repositories an installation sees, as GitHub lists them and as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from analytics.traffic import Snapshot
from github.client import GitHub
from github.errors import Gone
from github.reads.installations import repositories as read_repositories
from github.reads.repository import RepositoryFacts
from github.reads.snapshots import listed_snapshot
from reports.services import Services
from storage.connection import Connection
from storage.installations import (
    Repository,
    Visibility,
    is_removed,
    mark_repositories_removed,
    note_listed,
    repositories_of,
    save_repositories,
)

BATCH = 200  # repositories in one transaction
VISIBILITIES = frozenset({"public", "private", "internal"})


@dataclass(frozen=True)
class Listing:
    """What a list of repositories tells beside the rows: former names by id, and the counters it shows."""

    renamed: dict[int, str]
    counters: tuple[Snapshot, ...]


async def list_repositories(services: Services, github: GitHub, installation_id: int) -> Listing:
    """Store the installation's repositories and mark those it no longer sees.

    Raises Later, with nothing marked: a list that was not read to its end says nothing of what it does not hold. Raises
    Gone where the App was uninstalled meanwhile: an older list must not bring its repositories back.
    """
    store, begun = services.store, services.now()
    before = {one.id: one for one in await store.read(lambda conn: repositories_of(conn, installation_id))}
    facts = await read_repositories(github)
    listed = [stored(one, installation_id) for one in facts]
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]

        async def save(conn: Connection, batch: list[Repository] = batch) -> None:
            await ensure_installed(conn, installation_id)
            await save_repositories(conn, batch)

        await store.write(save)
    await mark(services, installation_id, before.keys() - {one.id for one in listed}, services.now())
    renamed = {
        one.id: before[one.id].full_name
        for one in listed
        if one.id in before and before[one.id].full_name.lower() != one.full_name.lower()
    }
    shown = (listed_snapshot(one, begun) for one in facts)
    return Listing(renamed, tuple(one for one in shown if one is not None))


async def ensure_installed(conn: Connection, installation_id: int) -> None:
    """Raise Gone where the installation has ended since the list was asked for."""
    if await is_removed(conn, installation_id):
        raise Gone("the App was uninstalled while its repositories were listed")


async def mark(services: Services, installation_id: int, gone: set[int], now: datetime) -> None:
    """Note that the list was read whole, and what was not in it."""

    async def work(conn: Connection) -> None:
        await ensure_installed(conn, installation_id)
        await mark_repositories_removed(conn, gone, now)
        await note_listed(conn, installation_id, now)

    await services.store.write(work)


def stored(facts: RepositoryFacts, installation_id: int) -> Repository:
    """Return a repository as it is stored; what is not known to be public counts as private."""
    visibility = facts.visibility if facts.visibility in VISIBILITIES else "private"
    branch = facts.default_branch or "main"
    return Repository(
        facts.id,
        installation_id,
        facts.owner,
        facts.name,
        cast("Visibility", visibility),
        branch,
        facts.archived,
        node_id=facts.node_id,
    )
