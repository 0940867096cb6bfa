"""A delivery that needs the database alone is done in its transaction; one that needs GitHub, or time, is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from handlers import at_once
from handlers.at_once import NotAtOnceError, handle_at_once
from handlers.events import Event, all_events
from reports.services import Services
from storage.connection import Connection
from storage.engine import Store
from storage.intake import pack
from storage.queue import Job
from storage.schema_traffic import snapshots
from tests.services import services_on

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FORKED = {
    "repository": {
        "id": 7, "name": "quartz", "full_name": "mine/quartz", "private": False, "default_branch": "main",
        "forks_count": 3, "owner": {"login": "mine", "id": 1, "type": "Organization"},
    },
    "forkee": {"created_at": "2026-11-22T07:59:00Z"}, "installation": {"id": 1}, "sender": {"login": "ann", "id": 4},
}  # fmt: skip


def job(event: str, payload: Mapping[str, Any]) -> Job:
    return Job(1, "delivery", "guid-1", pack(event, msgspec.json.encode(payload)), None, 1, NOW, 1)


@pytest.fixture
def services(store: Store) -> Services:
    all_events()
    return services_on(store, now=lambda: NOW)


async def kept(store: Store) -> int:
    counted: int | None = await store.read(lambda conn: conn.scalar(select(func.count()).select_from(snapshots)))
    return counted or 0


async def test_a_large_body_is_left_alone_however_small_it_is_stored(services: Services, store: Store) -> None:
    padded = job("fork", FORKED | {"padding": "a" * at_once.LARGEST})
    assert len(padded.payload) < 10_000
    with pytest.raises(NotAtOnceError):
        await store.at_once(lambda conn: handle_at_once(services, conn, padded))
    assert await kept(store) == 0


async def test_what_it_writes_belongs_to_the_transaction(services: Services, store: Store) -> None:
    async def undone(conn: Connection) -> None:
        await handle_at_once(services, conn, job("fork", FORKED))
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(undone)
    assert await kept(store) == 0
    await store.at_once(lambda conn: handle_at_once(services, conn, job("fork", FORKED)))
    assert await kept(store) == 1


@pytest.mark.parametrize("door", ["github", "as_app", "identity", "sleep", "budgets"])
async def test_no_other_door_is_open(services: Services, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    async def knock(given: Services, _guid: str, _payload: Mapping[str, Any]) -> None:
        await getattr(given, door)()

    monkeypatch.setattr(at_once, "event_named", lambda name: Event(name, knock, None))
    with pytest.raises(NotAtOnceError):
        await services.store.at_once(lambda conn: handle_at_once(services, conn, job("fork", FORKED)))


async def test_nothing_is_computed_meanwhile(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def compute(given: Services, _guid: str, _payload: Mapping[str, Any]) -> None:
        await given.pool.run("answer", None)

    monkeypatch.setattr(at_once, "event_named", lambda name: Event(name, compute, None))
    with pytest.raises(NotAtOnceError):
        await services.store.at_once(lambda conn: handle_at_once(services, conn, job("fork", FORKED)))


async def test_what_must_be_imported_first_is_not_done_at_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "is_at_hand", lambda _: False)
    with pytest.raises(NotAtOnceError):
        await services.store.at_once(lambda conn: handle_at_once(services, conn, job("fork", FORKED)))


async def test_what_nothing_handles_is_done(services: Services) -> None:
    await services.store.at_once(lambda conn: handle_at_once(services, conn, job("watch", {})))
