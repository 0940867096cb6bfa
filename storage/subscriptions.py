"""Which periodic reports are wanted of which repository, and when each is due next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, delete, exists, or_, select, update

from storage.connection import Connection
from storage.report_due import FARTHEST
from storage.schema_installed import installations, repositories
from storage.schema_reports import subscriptions as table
from storage.upsert import upsert

Source = Literal["command", "file"]
KEY = ("repository_id", "source", "slot")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One report that is wanted again and again.

    source: who wants it · slot: which of the repository's reports it is; there is one of each · schedule: in the
    caller's own words · number: the thread it goes to, None where each is an issue of its own · since: what was due
    before is nobody's · next_at: None while it rests or once it has ended · reason: why it ended, a plain clause, where
    nobody ended it; of one that goes on, that its newest report could not be written · rests: the settings file has the
    say meanwhile.
    """

    repository_id: int
    source: Source
    slot: str
    schedule: str
    number: int | None
    since: datetime
    next_at: datetime | None
    ended_at: datetime | None = None
    reason: str | None = None
    rests: bool = False

    @property
    def active(self) -> bool:
        return self.ended_at is None and not self.rests


async def save_subscription(conn: Connection, subscription: Subscription) -> None:
    """Insert or overwrite a subscription by repository, source and slot."""
    await upsert(conn, table, KEY, [asdict(subscription)])


async def subscription(conn: Connection, repository_id: int, source: str, slot: str) -> Subscription | None:
    """Return a subscription, an ended one too, or None."""
    query = select(table).where(table.c.repository_id == repository_id, table.c.source == source, table.c.slot == slot)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else Subscription(**row)


async def subscriptions_of(conn: Connection, repository_id: int) -> list[Subscription]:
    """Return a repository's subscriptions, ended ones too, by source and slot."""
    query = select(table).where(table.c.repository_id == repository_id).order_by(table.c.source, table.c.slot)
    return [Subscription(**row) for row in (await conn.execute(query)).mappings()]


async def due_subscriptions(conn: Connection, now: datetime, most: int) -> list[Subscription]:
    """Return what is due by now of repositories that the App still sees, the longest due first.

    What is due of a suspended installation waits, since GitHub refuses its tokens. Among what is due is what is due
    impossibly late.
    """
    seen = select(table).join(repositories, and_(repositories.c.id == table.c.repository_id))
    wrong = table.c.next_at > now + FARTHEST
    i = installations.c
    suspended = exists().where(i.id == repositories.c.installation_id, i.suspended_at.is_not(None))
    due = seen.where(repositories.c.removed_at.is_(None), ~suspended, or_(table.c.next_at <= now, wrong))
    query = due.order_by(table.c.next_at, table.c.repository_id, table.c.slot).limit(most)
    return [Subscription(**row) for row in (await conn.execute(query)).mappings()]


async def note_next(conn: Connection, known: Subscription, next_at: datetime) -> bool:
    """Note when a subscription is due next, unless it has changed since; return whether it had not."""
    same = and_(*(table.c[name] == getattr(known, name) for name in (*KEY, "schedule", "next_at")))
    return (await conn.execute(update(table).where(same).values(next_at=next_at))).rowcount == 1


async def note_reason(conn: Connection, repository_id: int, source: str, slot: str, reason: str | None) -> None:
    """Note of a subscription that goes on that its newest report could not be written, or, with None, that it was."""
    of = (table.c.repository_id == repository_id, table.c.source == source, table.c.slot == slot)
    await conn.execute(update(table).where(*of, table.c.ended_at.is_(None)).values(reason=reason))


async def end_subscription(conn: Connection, known: Subscription, at: datetime, reason: str | None) -> None:
    """Note that a subscription has ended, and why where nobody ended it."""
    of = and_(*(table.c[name] == getattr(known, name) for name in KEY))
    await conn.execute(update(table).where(of).values(ended_at=at, reason=reason, next_at=None))


async def forget_subscriptions(conn: Connection, repository_id: int, source: Source, keep: Collection[str]) -> None:
    """Delete a repository's subscriptions of one source, but those of the slots to keep."""
    of = delete(table).where(table.c.repository_id == repository_id, table.c.source == source)
    await conn.execute(of.where(table.c.slot.not_in(keep)))
