"""Order a capture because somebody asked for it: of an installation or one repository, once in a few minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from reports.capture_order import WATCHED, asked_run, order
from reports.capture_times import today
from storage.capture_orders import CaptureOrder, capture_orders_since, save_capture_order
from storage.connection import Connection
from storage.installations import is_removed

PAUSE = timedelta(minutes=3)
"""Until then a second capture would bring what the first has brought, and take from what people may ask of GitHub."""
A_SECOND = timedelta(seconds=1)


async def order_asked(
    conn: Connection, installation_id: int, repository_id: int | None, by: str, now: datetime
) -> CaptureOrder | None:
    """Order a capture; return the order, that of whoever asked for the same a moment ago, or None.

    Each repository has a pause of its own, so that whoever looks after one keeps nobody from the others. None is where
    everything was asked for within `PAUSE`, a repository's own capture among it. repository_id: None is everything.
    """
    await is_removed(conn, installation_id)  # holds the installation's row: two who ask at once ask one after the other
    recent = [one for one in await capture_orders_since(conn, installation_id, now - PAUSE) if one.ordered_at <= now]
    for one in recent:
        if one.repository_id == repository_id:
            return one
    if any(one.repository_id is None for one in recent):
        return None
    moment = now
    # another door may have ordered a run in this very second
    while not await order(conn, installation_id, asked_run(moment), today(now), now, WATCHED):
        moment += A_SECOND
    made = CaptureOrder(installation_id, asked_run(moment), repository_id, by, now)
    await save_capture_order(conn, made)
    return made
