"""Order a capture: the run's line in the log and its job, in one transaction, once however many order it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec

from storage.captures import plan_run
from storage.connection import Connection
from storage.queue import NewJob, put

KIND = "capture"
PRIORITY = 0  # below everything: people go first, and so does reading what they asked for
WATCHED = 1  # somebody looks on: between two slices of the night's run


class Order(msgspec.Struct, frozen=True):
    """What a capture's job carries."""

    installation: int
    run: str


def asked_run(now: datetime) -> str:
    """Return the name of a run that somebody asked for: the moment they did."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def order(  # noqa: PLR0917 - a run and its job
    conn: Connection, installation_id: int, run: str, day: date, now: datetime, priority: int = PRIORITY
) -> bool:
    """Plan a run of a UTC date and put its job; False if that run is there already, in whatever state."""
    if not await plan_run(conn, installation_id, run, day, now):
        return False
    key = f"{KIND}:{installation_id}:{run}"
    body = msgspec.json.encode(Order(installation_id, run))
    job = NewJob(KIND, key, body, f"installation:{installation_id}:{KIND}", priority)
    await put(conn, [job], now)
    return True


async def order_now(conn: Connection, installation_id: int, now: datetime) -> bool:
    """Order a capture of everything, also of what was captured today; False if one was ordered this very second."""
    return await order(conn, installation_id, asked_run(now), now.astimezone(UTC).date(), now)
