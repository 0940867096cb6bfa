"""A world ready to be served: data sets loaded, the App registered and installed wherever there is a repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.clock import Clock, parse_iso
from sandbox.dataset import Dataset
from sandbox.load import load
from sandbox.registration import AppKeys, register
from sandbox.world import World

VISITOR = "visitor"


def build(
    datasets: Sequence[Dataset],
    *,
    now: datetime | None = None,
    webhook_url: str | None = None,
    visitor: str = VISITOR,
    key: RSAPrivateKey | None = None,
) -> tuple[World, AppKeys]:
    """Return the world and the App's keys.

    The clock starts at `now`, else at the latest `snapshot_at` of the data, else at the machine's time. `visitor`, a
    person who may write everywhere, is who types in the browser. The App's key is new unless one is given.
    """
    world = World(Clock(now or start(datasets)))
    load(world, datasets)
    keys = register(world, webhook_url=webhook_url, key=key)
    for owner in sorted({repository.owner.login for repository in world.repositories.values()}, key=str.lower):
        world.install(owner)
    for repository in world.repositories.values():
        world.permit(repository.full_name, visitor, "write")
        if not repository.threads:
            world.open_issue(repository, world.account(visitor), "A place to ask")
    return world, keys


def start(datasets: Sequence[Dataset]) -> datetime:
    """Return the latest `snapshot_at` of the data sets, or the machine's time where none tells."""
    known = [str(dataset.repo["snapshot_at"]) for dataset in datasets if dataset.repo.get("snapshot_at")]
    return parse_iso(max(known)) if known else datetime.now(UTC)
