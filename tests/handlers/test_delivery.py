"""A stored delivery finds the module of its event; what nothing handles is done at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from handlers import delivery
from handlers.delivery import give_delivery_up, handle_delivery
from handlers.events import Event, all_events
from reports.services import Services
from storage.engine import Store
from storage.intake import pack
from storage.queue import Job
from tests.services import services_on

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def job(event: str, payload: Mapping[str, Any]) -> Job:
    return Job(1, "delivery", "guid-1", pack(event, msgspec.json.encode(payload)), None, 1, NOW, 1)


@pytest.fixture
def services(store: Store) -> Services:
    return services_on(store, now=lambda: NOW)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What the modules of two events were told: `star` owes words, `fork` does not."""
    told: list[tuple[str, str, Mapping[str, Any]]] = []

    def teller(what: str) -> Any:
        async def tell(_: Services, guid: str, payload: Mapping[str, Any]) -> None:
            told.append((what, guid, payload))

        return tell

    events = {"star": Event("star", teller("star"), teller("sorry")), "fork": Event("fork", teller("fork"), None)}
    monkeypatch.setattr(delivery, "event_named", events.get)
    return told


async def test_an_event_reaches_its_module_with_the_deliverys_id(
    services: Services, heard: list[tuple[str, str, Mapping[str, Any]]]
) -> None:
    await handle_delivery(services, job("star", {"n": 1}))
    await give_delivery_up(services, job("star", {"n": 1}))

    assert heard == [("star", "guid-1", {"n": 1}), ("sorry", "guid-1", {"n": 1})]


async def test_an_event_that_owes_no_words_is_given_up_in_silence(
    services: Services, heard: list[tuple[str, str, Mapping[str, Any]]]
) -> None:
    await give_delivery_up(services, job("fork", {}))
    assert heard == []


async def test_what_nothing_handles_is_done(
    services: Services, heard: list[tuple[str, str, Mapping[str, Any]]]
) -> None:
    await handle_delivery(services, job("watch", {}))
    await give_delivery_up(services, job("watch", {}))
    assert heard == []


async def test_what_a_module_raises_comes_through(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(delivery, "event_named", {"star": Event("star", fail, None)}.get)
    with pytest.raises(RuntimeError, match="ours"):
        await handle_delivery(services, job("star", {}))


def test_every_module_of_the_package_is_an_event() -> None:
    assert "issue_comment" in all_events()
    for name, event in all_events().items():
        assert event.name == name


async def test_a_comment_that_is_no_installations_is_done_without_a_word(services: Services) -> None:
    """An example payload, or a legacy webhook's: there is nobody to answer as."""
    await handle_delivery(services, job("issue_comment", {"action": "created"}))
    await give_delivery_up(services, job("issue_comment", {"action": "created"}))
