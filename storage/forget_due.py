"""Is there anything to forget? Asked four times a day, so that what forgets need not be there where nothing is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from storage.columns import to_micros
from storage.connection import Connection

REMOVED = text(
    "SELECT EXISTS (SELECT 1 FROM repositories WHERE removed_at < :before)"
    " OR EXISTS (SELECT 1 FROM installations WHERE removed_at < :before)"
    " OR EXISTS (SELECT 1 FROM configurations WHERE read_at < :before)"
)
TOLD = text("SELECT EXISTS (SELECT 1 FROM vanished) OR EXISTS (SELECT 1 FROM reconciliations)")
ASKED = text("SELECT EXISTS (SELECT 1 FROM askings WHERE asked_at < :before)")


async def any_asked(conn: Connection, before: datetime) -> bool:
    """Tell whether it is noted of anybody that they asked before that moment."""
    return bool((await conn.execute(ASKED, {"before": to_micros(before)})).scalar_one())


async def any_removed(conn: Connection, before: datetime) -> bool:
    """Tell whether a repository or an installation was removed, or a file of settings last read, before that moment."""
    return bool((await conn.execute(REMOVED, {"before": to_micros(before)})).scalar_one())


async def any_told(conn: Connection) -> bool:
    """Tell whether anything is noted of what deliveries told of, or of what comparisons found."""
    return bool((await conn.execute(TOLD)).scalar_one())
