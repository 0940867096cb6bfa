"""A stored delivery finds the module of its event; what nothing handles is done at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from github.errors import Gone, Later
from handlers import delivery
from handlers.delivery import SAID_AGAIN, give_delivery_up, handle_delivery, own_up, say_unanswered
from handlers.events import Event, all_events
from reports.services import Services
from storage import queue
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


SOON = timedelta(minutes=2)  # a lease


@pytest.fixture
def sorry(monkeypatch: pytest.MonkeyPatch) -> list[Exception | None]:
    """What saying so comes to, one time after the other; None is that it was heard. Nothing is left once it was."""
    endings: list[Exception | None] = []

    async def say(*_: Any) -> None:
        ending = endings.pop(0)
        if ending is not None:
            raise ending

    async def never(*_: Any) -> None:
        raise AssertionError("it is not worked on here")

    monkeypatch.setattr(delivery, "event_named", {"star": Event("star", never, say)}.get)
    return endings


async def test_what_github_does_not_hear_is_said_later(services: Services, sorry: list[Exception | None]) -> None:
    """A delivery is given up while nothing gets through: somebody still waits for a word, and gets it."""
    sorry[:] = [ValueError("no JSON"), ValueError("no JSON"), Later(NOW, "503"), None]
    await own_up(services, job("star", {}))
    assert await queue.claim(services.store, NOW, SOON) is None

    owed = await queue.claim(services.store, NOW + SAID_AGAIN, SOON)
    assert owed is not None
    for _ in range(2):
        with pytest.raises(Later):
            await say_unanswered(services, owed)
    await say_unanswered(services, owed)
    assert sorry == []


async def test_a_thread_that_is_gone_is_owed_nothing(services: Services, sorry: list[Exception | None]) -> None:
    sorry[:] = [Gone("uninstalled")]
    with pytest.raises(Gone):
        await own_up(services, job("star", {}))
    assert await queue.claim(services.store, NOW + SAID_AGAIN, SOON) is None


async def test_a_delivery_that_came_again_is_answered_not_excused(
    services: Services, sorry: list[Exception | None]
) -> None:
    """Asked for once more it is worked on, and no excuse may take its answer's place."""
    sorry[:] = [ValueError("no JSON")]
    given_up = job("star", {})
    await own_up(services, given_up)
    owed = await queue.claim(services.store, NOW + SAID_AGAIN, SOON)
    assert owed is not None
    again = [queue.NewJob("delivery", given_up.key, given_up.payload, None)]
    await services.store.write(lambda conn: queue.put(conn, again, NOW))
    await say_unanswered(services, owed)
