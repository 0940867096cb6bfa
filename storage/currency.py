"""How current a dataset is between two syncs: what webhooks told of it.

Only datasets that somebody has asked for have a watermark, and only they are kept current.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_, select, update

from storage.connection import Connection
from storage.schema import repositories, watermarks
from storage.watermarks import Watermark

SYNC_AFTER = timedelta(minutes=10)
"""Where no webhook tells of a dataset: so long after a sync its rows are good enough to answer from."""
SYNC_AFTER_WHERE_TOLD = timedelta(minutes=60)
"""Where webhooks do: one that GitHub could not deliver is noticed by a question after this time at the latest."""
HEARD_WITHIN = timedelta(days=7)
"""How long a webhook of the dataset's own proves that they come: a comment's comes without the others, too."""


def is_stale(mark: Watermark, now: datetime) -> bool:
    """Tell whether a dataset must be asked for again before an answer rests on it. Pure.

    A webhook that told of something which only GitHub's list has, such as a push, makes it stale at once.
    """
    if mark.synced_at is None or (mark.changed_at is not None and mark.changed_at >= mark.synced_at):
        return True
    told = mark.heard_at is not None and now - mark.heard_at < HEARD_WITHIN
    return now - mark.synced_at >= (SYNC_AFTER_WHERE_TOLD if told else SYNC_AFTER)


async def followed(conn: Connection, repository_id: int) -> frozenset[str]:
    """Return the datasets that are kept current: none of a repository that is not stored, or removed."""
    there = select(repositories.c.id).where(repositories.c.id == repository_id, repositories.c.removed_at.is_(None))
    query = select(watermarks.c.dataset).where(watermarks.c.repository_id.in_(there))
    return frozenset((await conn.execute(query)).scalars())


async def note_told(conn: Connection, repository_id: int, dataset: str, at: datetime, **further: Any) -> None:
    """Note that a webhook told of a change made at `at`: the next comparison with GitHub reaches back to it."""
    c = watermarks.c
    earlier = or_(c.told_since.is_(None), c.told_since > at)
    since = case((earlier, literal(at, c.told_since.type)), else_=c.told_since)
    await change(conn, repository_id, dataset, {"told_since": since, "told": c.told + 1, **further})


async def note_heard(conn: Connection, repository_id: int, dataset: str, at: datetime, now: datetime) -> None:
    """Note the same of a webhook of the dataset's own, which proves that such webhooks come."""
    await note_told(conn, repository_id, dataset, at, heard_at=later(watermarks.c.heard_at, now))


async def note_changed(conn: Connection, repository_id: int, dataset: str, now: datetime) -> None:
    """Note that a webhook told of a change whose rows are GitHub's alone to tell: whoever asks next must read them."""
    c = watermarks.c
    values = {"heard_at": later(c.heard_at, now), "changed_at": later(c.changed_at, now), "told": c.told + 1}
    await change(conn, repository_id, dataset, values)


async def count_one_more(conn: Connection, repository_id: int, dataset: str, by: int = 1) -> None:
    """Correct how many rows the source has, where all of its history is stored and so its number is known."""
    c = watermarks.c
    values = {"rows": case((c.whole_history.is_(True), c.rows + by), else_=c.rows)}
    await change(conn, repository_id, dataset, values)


async def change(conn: Connection, repository_id: int, dataset: str, values: dict[str, Any]) -> None:
    """Set columns of one watermark; nothing happens where there is none."""
    row = watermarks.c.repository_id == repository_id, watermarks.c.dataset == dataset
    await conn.execute(update(watermarks).where(*row).values(values))


def later(column: ColumnElement[Any], at: datetime) -> ColumnElement[Any]:
    """Return the later of a column's time and `at`."""
    return case((or_(column.is_(None), column < at), literal(at, column.type)), else_=column)
