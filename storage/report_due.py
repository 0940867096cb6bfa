"""Is any report due? Asked once a minute, so that the tables of reports need not be there where none is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from storage.columns import to_micros
from storage.connection import Connection

FARTHEST = timedelta(days=130)
"""No report is due later than that: what says so was written by a clock that stood wrong."""
# two questions of one index, not one of every row with an OR in it
DUE = text(
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM subscriptions WHERE next_at <= :now) "
    "OR EXISTS (SELECT 1 FROM subscriptions WHERE next_at > :farthest)"
)


async def any_report_due(conn: Connection, now: datetime) -> bool:
    """Tell whether some subscription is due by now."""
    given = {"now": to_micros(now), "farthest": to_micros(now + FARTHEST)}
    return (await conn.execute(DUE, given)).first() is not None
