"""Which delivery goes first: what may ask something, before what merely happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.inbox import ASKS, HAPPENS, priority_of
from storage import queue
from storage.engine import Store
from storage.intake import Delivery, Intake
from storage.queue import SOMEBODY_WAITS

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_command_goes_before_what_happens() -> None:
    """Both before what nobody waits for."""
    assert priority_of(b'{"comment": {"body": "/analytics help"}}') == ASKS
    assert priority_of(b'{"ref": "refs/heads/main"}') == HAPPENS
    assert ASKS > HAPPENS >= SOMEBODY_WAITS


async def test_a_command_does_not_wait_behind_everything_that_happens_elsewhere(store: Store) -> None:
    bodies = [b'{"action": "opened"}'] * 40 + [b'{"body": "/analytics help"}']
    async with Intake(store) as intake:
        for place, body in enumerate(bodies):
            lock = f"repository:{place}"
            await intake.remember(Delivery(f"guid-{place}", "issues", body, NOON, lock, priority_of(body)))
    first = await queue.claim(store, NOON, timedelta(minutes=1))
    assert first is not None
    assert first.key == "guid-40"
