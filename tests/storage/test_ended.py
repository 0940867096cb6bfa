"""Who told of an installation's end, and who may take it back."""

from __future__ import annotations

from storage.engine import Store
from storage.installations import (
    Installation,
    installation,
    is_removed,
    mark_installation_removed,
    save_installation,
    save_unless_over,
    told_over,
)
from tests.storage.ask import read, write
from tests.storage.showing import DAY, NOW

QUARTZ = Installation(1, "quartz", 41, "User")


async def end(store: Store) -> tuple[object, object]:
    found = await read(store, installation, 1)
    assert found is not None
    return found.removed_at, found.removed_by


async def test_what_a_listing_ended_another_one_takes_back(store: Store) -> None:
    await write(store, save_installation, QUARTZ)
    await write(store, mark_installation_removed, 1, NOW, "listing")
    assert await end(store) == (NOW, "listing")
    assert await read(store, told_over) == set()
    assert await write(store, save_unless_over, QUARTZ)
    assert await end(store) == (None, None)


async def test_what_a_webhook_ended_no_listing_takes_back(store: Store) -> None:
    assert await write(store, save_unless_over, QUARTZ), "a new one"
    assert not await write(store, is_removed, 1)
    await write(store, mark_installation_removed, 1, NOW, "webhook")
    assert not await write(store, save_unless_over, QUARTZ)
    assert await end(store) == (NOW, "webhook")
    assert await read(store, told_over) == {1}
    assert await write(store, is_removed, 1)


async def test_a_webhook_makes_final_what_a_listing_found_and_the_grace_runs_from_the_first(store: Store) -> None:
    await write(store, save_installation, QUARTZ)
    await write(store, mark_installation_removed, 1, NOW, "listing")
    await write(store, mark_installation_removed, 1, NOW + DAY, "webhook")
    assert await end(store) == (NOW, "webhook")
    await write(store, mark_installation_removed, 1, NOW + 2 * DAY, "listing")
    assert await end(store) == (NOW, "webhook")
