"""Plan the day's captures from what is stored: a query, and a batch of jobs for whoever has none yet."""

from __future__ import annotations

from datetime import datetime

from reports.capture_order import order
from reports.capture_runs import AHEAD
from reports.capture_times import today
from scheduler.plan import begun, run_of, second_run_of
from storage.captures import unplanned
from storage.connection import Connection
from storage.engine import Store
from storage.run_progress import planned_after

BATCH = 200  # runs in one transaction, so that no delivery waits long for the database


async def plan_captures(store: Store, now: datetime, *, spread: bool = True) -> int:
    """Order the captures of this UTC date that nobody has ordered; return how many.

    spread: only of installations whose time of day has come; else of all, for who is woken once a day.
    """
    day = today(now)
    names = dict.fromkeys(await store.read(lambda conn: unplanned(conn, day)), run_of(day))
    again = second_run_of(day)
    names |= dict.fromkeys(await store.read(lambda conn: planned_after(conn, day, now + AHEAD, again)), again)
    waiting = [(one, names[one]) for one in (begun(now, names) if spread else names)]
    ordered = 0
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]

        async def work(conn: Connection, batch: list[tuple[int, str]] = batch) -> int:
            return sum([await order(conn, one, run, day, now) for one, run in batch])

        ordered += await store.write(work)
    return ordered
