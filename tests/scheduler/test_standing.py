"""What a webhook has ended stays ended, what a false answer has ended comes back, and a GitHub may lack the lists."""

from __future__ import annotations

from datetime import timedelta

import pytest

from github.client import GitHub
from github.reads.installations import repositories
from github.reads.repository import RepositoryFacts
from sandbox.faults import Fault, Match
from storage.installations import mark_installation_removed
from tests.scheduler.field import DAY, Field

HOURS = timedelta(hours=6)


async def uninstall(field: Field) -> None:
    """Store what the webhook tells, while GitHub's own lists are still older."""
    installation, now = field.installation().id, field.services.now()
    await field.services.store.write(lambda conn: mark_installation_removed(conn, installation, now))


def at_work(field: Field) -> list[int]:
    """Count the installations and the repositories that have not ended."""
    tables = ("installations", "repositories")
    return [len(field.rows(f"SELECT id FROM {table} WHERE removed_at IS NULL")) for table in tables]


async def test_an_older_list_does_not_bring_back_what_was_uninstalled(field: Field) -> None:
    await field.tick()
    await uninstall(field)
    asked = len(field.asked("/traffic/"))
    for _ in range(2):
        await field.tick()
        field.world.clock.advance(DAY)

    assert len(field.asked("/traffic/")) == asked
    assert at_work(field) == [0, 0]


async def test_what_was_uninstalled_before_its_run_began_is_not_asked_for(field: Field) -> None:
    """The webhook comes while the job waits in the queue."""
    await field.tick()
    field.world.clock.advance(DAY)
    await field.clock().tick(woken=True)
    await uninstall(field)
    asked = len(field.asked("/traffic/"))
    await field.work()

    assert len(field.asked("/traffic/")) == asked
    assert field.reason() == "the App was uninstalled"
    assert at_work(field) == [0, 0]


async def test_a_false_answer_heals_with_the_next_look(field: Field) -> None:
    """GitHub denies an installation for an hour, alone and in the list; then it shows it again."""
    await field.tick()
    for path, status, body in (("/app/installations/*", 404, "{}"), ("/app/installations", 200, "[]")):
        field.sandbox.faults.add(Fault(Match("GET", path), "status", status=status, body=body, times=None))
    field.world.clock.advance(HOURS)
    await field.tick()
    assert at_work(field) == [0, 0]
    field.sandbox.faults.clear()
    field.world.clock.advance(DAY)
    await field.tick()

    assert at_work(field) == [1, 6]
    assert field.rows("SELECT removed_by FROM installations") == [{"removed_by": None}]
    assert list(field.outcomes().values()) == [["captured"] * 2] * 6


async def test_a_server_that_tells_nothing_of_installations_is_captured(field: Field) -> None:
    await field.tick()
    missing = Fault(Match("GET", "/app/installations*"), "status", status=404, body="{}", times=None)
    field.sandbox.faults.add(missing)
    field.world.clock.advance(DAY)
    await field.tick()

    assert [(state, count) for _, state, count in field.runs()] == [("done", 6)] * 2
    assert at_work(field) == [1, 6]


async def test_uninstalled_while_its_repositories_are_listed(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list was read before the webhook came and is stored after it: it brings nothing back."""
    await field.tick()

    async def read_then_end(github: GitHub) -> list[RepositoryFacts]:
        found = await repositories(github)
        await uninstall(field)
        return found

    monkeypatch.setattr("scheduler.listing.read_repositories", read_then_end)
    field.world.clock.advance(DAY)
    await field.tick()
    assert at_work(field) == [0, 0]
    monkeypatch.undo()
    field.world.clock.advance(timedelta(minutes=2))
    await field.work()

    assert at_work(field) == [0, 0]
    assert field.reason() == "the App was uninstalled"
