"""Following installations and repositories in the store: late, twice and out of order, it ends the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.events.repository import keep
from handlers.following import (
    add_repositories,
    capture_added,
    capture_first,
    end_installation,
    ensure_repository,
    keep_installation,
    remove_repositories,
)
from handlers.seen import CLOCKS_DIFFER, note_seen
from scheduler.plan import second_run_of
from storage import installations
from storage.captures import begin_run, end_run, recent_runs
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = NOW.date()
ACME = Installation(51, "acme", 3, "Organization")
ROCKET = Repository(7, 51, "acme", "rocket", "public", "main")


async def repository(store: Store, number: int = 7) -> Repository:
    found = await store.read(lambda conn: installations.repository(conn, number))
    assert found is not None
    return found


async def installation(store: Store, number: int = 51) -> Installation:
    found = await store.read(lambda conn: installations.installation(conn, number))
    assert found is not None
    return found


async def runs(store: Store) -> list[str]:
    return [run.run for run in await store.read(lambda conn: recent_runs(conn, 51))]


async def test_a_removed_installation_stays_removed(store: Store) -> None:
    await store.write(lambda conn: keep_installation(conn, ACME))
    await store.write(lambda conn: add_repositories(conn, [ROCKET]))
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    assert not await store.write(lambda conn: keep_installation(conn, replace(ACME, suspended_at=NOW)))
    assert (await installation(store)).removed_at == NOW
    assert (await repository(store)).removed_at == NOW
    await store.write(lambda conn: end_installation(conn, ACME, NOW + DAY))
    assert (await installation(store)).removed_at == NOW, "the grace runs from the first report on"


async def test_a_repository_that_comes_back_is_its_old_self(store: Store) -> None:
    """Its branch and its archive are known from before; that it is private is not forgotten by a list of names."""
    before = replace(ROCKET, visibility="internal", default_branch="trunk", archived=True, removed_at=NOW)
    await store.write(lambda conn: installations.save_repository(conn, before))
    listed = replace(ROCKET, installation_id=52, name="comet")
    await store.write(lambda conn: add_repositories(conn, [listed]))
    assert await repository(store) == replace(before, installation_id=52, name="comet", removed_at=None)


async def test_only_the_installation_that_sees_it_can_lose_a_repository(store: Store) -> None:
    """It moved to another installation already; the report that the first one lost it comes late."""
    await store.write(lambda conn: installations.save_repository(conn, replace(ROCKET, installation_id=52)))
    await store.write(lambda conn: remove_repositories(conn, 51, [7], NOW))
    assert (await repository(store)).removed_at is None
    await store.write(lambda conn: remove_repositories(conn, 52, [7, 8], NOW))
    assert (await repository(store)).removed_at == NOW


async def test_nothing_is_kept_of_a_repository_whose_installation_has_ended(store: Store) -> None:
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    assert not await store.write(lambda conn: ensure_repository(conn, ROCKET))
    assert await store.write(lambda conn: ensure_repository(conn, replace(ROCKET, id=8, installation_id=52)))


async def test_what_was_taken_away_while_github_was_asked_stays_away(store: Store) -> None:
    """Its answer may be older than the webhook that told of the end: of the repository, or of its installation."""
    await store.write(lambda conn: keep_installation(conn, ACME))
    await store.write(lambda conn: add_repositories(conn, [ROCKET]))
    await store.write(lambda conn: remove_repositories(conn, 51, [7], NOW))
    await store.write(lambda conn: keep(conn, ROCKET))
    assert (await repository(store)).removed_at == NOW
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    await store.write(lambda conn: keep(conn, replace(ROCKET, id=8, name="comet")))
    assert await store.read(lambda conn: installations.repository(conn, 8)) is None


async def test_a_repository_that_went_to_another_installation_is_seen_there(store: Store) -> None:
    await store.write(lambda conn: keep_installation(conn, ACME))
    await store.write(lambda conn: add_repositories(conn, [ROCKET]))
    await store.write(lambda conn: remove_repositories(conn, 51, [7], NOW))
    there = replace(ROCKET, installation_id=52, owner="other")
    await store.write(lambda conn: keep(conn, there))
    assert await repository(store) == there


@pytest.mark.parametrize(
    ("seen_at", "back"),
    [(NOW - timedelta(seconds=1), False), (NOW + CLOCKS_DIFFER, False), (NOW + 2 * CLOCKS_DIFFER, True)],
)
async def test_a_comment_proves_only_what_was_when_it_was_written(store: Store, seen_at: datetime, back: bool) -> None:
    await store.write(lambda conn: keep_installation(conn, ACME))
    await store.write(lambda conn: add_repositories(conn, [ROCKET]))
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    await store.write(lambda conn: note_seen(conn, ACME, ROCKET, seen_at))
    assert ((await installation(store)).removed_at is None) is back
    assert ((await repository(store)).removed_at is None) is back


async def test_a_comment_after_a_look_that_found_nothing_proves_the_look_wrong(store: Store) -> None:
    await store.write(lambda conn: keep_installation(conn, ACME))
    await store.write(lambda conn: installations.mark_installation_removed(conn, 51, NOW, "listing"))
    await store.write(lambda conn: note_seen(conn, ACME, ROCKET, NOW + timedelta(seconds=1)))
    assert (await installation(store)).removed_at is None


async def test_a_late_comment_takes_no_repository_back_from_where_it_went(store: Store) -> None:
    """It was written in the first installation, which has ended since; the second one sees the repository now."""
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    elsewhere = replace(ROCKET, installation_id=52)
    await store.write(lambda conn: installations.save_repository(conn, elsewhere))
    await store.write(lambda conn: note_seen(conn, ACME, ROCKET, NOW - timedelta(minutes=1)))
    assert await repository(store) == elsewhere


async def test_a_late_comment_on_what_was_never_stored_brings_nothing_to_life(store: Store) -> None:
    await store.write(lambda conn: end_installation(conn, ACME, NOW))
    await store.write(lambda conn: note_seen(conn, ACME, ROCKET, NOW - timedelta(minutes=1)))
    assert (await installation(store)).removed_at == NOW
    assert (await repository(store)).removed_at == NOW


async def test_a_comment_does_not_publish_what_was_hidden(store: Store) -> None:
    hidden = replace(ROCKET, visibility="private")
    await store.write(lambda conn: note_seen(conn, ACME, hidden, NOW))
    await store.write(lambda conn: note_seen(conn, replace(ACME, account_login="acme-2"), ROCKET, NOW + DAY))
    assert (await repository(store)).visibility == "private"
    assert (await installation(store)).account_login == "acme-2"


async def test_a_comment_does_not_end_a_suspension(store: Store) -> None:
    await store.write(lambda conn: keep_installation(conn, replace(ACME, suspended_at=NOW, permissions={"a": "read"})))
    await store.write(lambda conn: note_seen(conn, ACME, ROCKET, NOW))
    assert (await installation(store)).suspended_at == NOW
    assert (await installation(store)).permissions == {"a": "read"}


async def end(conn: Connection, run: str) -> None:
    await begin_run(conn, 51, run, NOW)
    await end_run(conn, 51, run, "done", repositories=1, requests=6, reason=None, now=NOW)


async def test_what_was_added_is_captured_without_the_others_again(store: Store) -> None:
    """A run that goes on sees what came; after it a second one of the day; after that there is tomorrow."""
    await store.write(lambda conn: capture_added(conn, 51, NOW))
    assert await runs(store) == ["2026-11-22"]
    await store.write(lambda conn: capture_added(conn, 51, NOW))
    assert await runs(store) == ["2026-11-22"]
    await store.write(lambda conn: end(conn, "2026-11-22"))
    await store.write(lambda conn: capture_added(conn, 51, NOW))
    assert await runs(store) == [second_run_of(TODAY), "2026-11-22"]
    await store.write(lambda conn: end(conn, second_run_of(TODAY)))
    await store.write(lambda conn: capture_added(conn, 51, NOW))
    assert len(await runs(store)) == 2


async def test_a_first_capture_is_ordered_once(store: Store) -> None:
    for _ in range(2):
        await store.write(lambda conn: capture_first(conn, 51, NOW))
    assert await runs(store) == ["2026-11-22"]
