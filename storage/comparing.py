"""What GitHub lists takes the place of what is stored, and how many rows that changed is counted.

Counted are rows that were missing, are different, or are no more. Not counted is what no webhook tells: `updated_at`,
which much moves besides, the ids of turns, and comments between the first and the last ones, which are not kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, select, update

from analytics.rows import CommentRow, IssueRow, PullRow, ReleaseRow, ReviewRow, TimelineRow
from storage import activity
from storage.activity_events import THREADS, forget_thread, settle_turns
from storage.connection import Connection
from storage.people import actor_ids
from storage.schema import comments, issues, pulls, releases, reviews, timeline

UNTOLD = {
    "pulls": {"updated_at", "last_at"},
    "issues": {"updated_at", "last_at"},
    "timeline": {"id"},
    "comments": {"body_length"},
}
CHUNK = 500  # numbers in one IN list

Facts = Counter[tuple[Any, ...]]


async def compare_pulls(
    conn: Connection,
    repository_id: int,
    rows: Sequence[PullRow],
    *,
    reviewed: Sequence[ReviewRow],
    turns: Sequence[TimelineRow],
    said: Sequence[CommentRow],
) -> int:
    """Keep a page of pull requests with all their reviews and turns and their last comments; return what was wrong."""
    numbers = [row.number for row in rows]
    before = await facts(conn, repository_id, numbers, (pulls, reviews, timeline))
    had = await facts(conn, repository_id, numbers, (comments,))
    listed = await not_older(conn, pulls, repository_id, rows)
    await activity.save_pulls(conn, repository_id, rows)
    await settle_turns(conn, repository_id, rows)
    await activity.save_reviews(conn, repository_id, reviewed)
    await activity.save_timeline(conn, repository_id, turns)
    await activity.save_comments(conn, repository_id, said)
    await drop_others(conn, reviews, repository_id, listed, (row.id for row in reviewed))
    await drop_others(conn, timeline, repository_id, listed, (row.id for row in turns))
    await drop_others(conn, comments, repository_id, listed, (row.id for row in said))
    wrong = apart(before, await facts(conn, repository_id, numbers, (pulls, reviews, timeline)))
    return wrong + missing(had, await facts(conn, repository_id, numbers, (comments,)))


async def compare_issues(
    conn: Connection, repository_id: int, rows: Sequence[IssueRow], said: Sequence[CommentRow]
) -> int:
    """Keep a page of issues with their first and last comments; return how many rows were wrong."""
    numbers = [row.number for row in rows]
    before = await facts(conn, repository_id, numbers, (issues,))
    had = await facts(conn, repository_id, numbers, (comments,))
    listed = await not_older(conn, issues, repository_id, rows)
    await activity.save_issues(conn, repository_id, rows)
    await set_first_responses(conn, repository_id, [row for row in rows if row.number in listed])
    await activity.save_comments(conn, repository_id, said)
    await drop_others(conn, comments, repository_id, listed, (row.id for row in said))
    wrong = apart(before, await facts(conn, repository_id, numbers, (issues,)))
    return wrong + missing(had, await facts(conn, repository_id, numbers, (comments,)))


async def set_first_responses(conn: Connection, repository_id: int, rows: Sequence[IssueRow]) -> None:
    """Make the first responses what GitHub's list shows: saving keeps the earliest ever seen, be it deleted since."""
    ids = await actor_ids(conn, [row.first_response_by for row in rows if row.first_response_by is not None])
    values = [
        {
            "of": row.number,
            "at": row.first_response_at,
            "by": None if row.first_response_by is None else ids[row.first_response_by.key],
        }
        for row in rows
    ]
    c = issues.c
    shown = update(issues).where(c.repository_id == repository_id, c.number == bindparam("of"))
    if values:
        await conn.execute(
            shown.values(first_response_at=bindparam("at"), first_response_by_id=bindparam("by")), values
        )


async def compare_releases(conn: Connection, repository_id: int, rows: Sequence[ReleaseRow]) -> int:
    """Keep a page of releases; return how many rows were wrong."""
    before = await all_facts(conn, releases, repository_id)
    await activity.save_releases(conn, repository_id, rows)
    return apart(before, await all_facts(conn, releases, repository_id))


async def drop_releases_except(conn: Connection, repository_id: int, listed: Collection[str]) -> int:
    """Delete the releases that GitHub's whole list does not have; return how many."""
    query = select(releases.c.id).where(releases.c.repository_id == repository_id)
    gone = [one for one in (await conn.execute(query)).scalars() if one not in listed]
    for start in range(0, len(gone), CHUNK):
        these = releases.c.id.in_(gone[start : start + CHUNK])
        await conn.execute(delete(releases).where(releases.c.repository_id == repository_id, these))
    return len(gone)


async def drop_threads_except(conn: Connection, repository_id: int, dataset: str, listed: Collection[int]) -> int:
    """Delete the issues (or pull requests) that GitHub's whole list does not have; return how many."""
    table = THREADS[dataset]
    query = select(table.c.number, table.c.updated_at).where(table.c.repository_id == repository_id)
    gone = [(number, at) for number, at in await conn.execute(query) if number not in listed]
    for number, at in gone:
        await forget_thread(conn, repository_id, dataset, number, at)
    return len(gone)


async def count_threads(conn: Connection, repository_id: int, dataset: str) -> int:
    """Return how many issues (or pull requests) are stored."""
    table = THREADS[dataset]
    query = select(func.count()).select_from(table).where(table.c.repository_id == repository_id)
    return (await conn.execute(query)).scalar_one()


async def facts(conn: Connection, repository_id: int, numbers: Sequence[int], tables: Iterable[Table]) -> Facts:
    """Return the rows of some threads, each without what no webhook tells, and how often each is there."""
    found: Facts = Counter()
    for table in tables:
        query = select(*told_columns(table)).where(table.c.repository_id == repository_id)
        found.update((table.name, *row) for row in await conn.execute(query.where(table.c.number.in_(numbers))))
    return found


async def all_facts(conn: Connection, table: Table, repository_id: int) -> Facts:
    """Return the same of all of a repository's rows."""
    query = select(*told_columns(table)).where(table.c.repository_id == repository_id)
    return Counter((table.name, *row) for row in await conn.execute(query))


def told_columns(table: Table) -> list[Any]:
    """Return a table's columns that webhooks can tell."""
    return [column for column in table.columns if column.name not in UNTOLD.get(table.name, ())]


def apart(before: Facts, after: Facts) -> int:
    """Return how many rows differ between two readings: one that changed counts once. Pure."""
    return max(missing(before, after), missing(after, before))


def missing(before: Facts, after: Facts) -> int:
    """Return how many rows of the second reading the first had not. Pure."""
    return (after - before).total()


async def not_older(
    conn: Connection, table: Table, repository_id: int, rows: Sequence[PullRow] | Sequence[IssueRow]
) -> list[int]:
    """Return the threads of which GitHub showed no older version than is stored: its replicas lag behind webhooks."""
    numbers = [row.number for row in rows]
    query = select(table.c.number, table.c.updated_at).where(table.c.repository_id == repository_id)
    stored = {row.number: row.updated_at for row in await conn.execute(query.where(table.c.number.in_(numbers)))}
    return [row.number for row in rows if row.number not in stored or row.updated_at >= stored[row.number]]


async def drop_others(
    conn: Connection, table: Table, repository_id: int, numbers: Sequence[int], listed: Iterable[str]
) -> None:
    """Delete what belongs to these threads and was not listed with them."""
    keep = set(listed)
    query = select(table.c.id).where(table.c.repository_id == repository_id, table.c.number.in_(numbers))
    gone = [one for one in (await conn.execute(query)).scalars() if one not in keep]
    for start in range(0, len(gone), CHUNK):
        these = table.c.id.in_(gone[start : start + CHUNK])
        await conn.execute(delete(table).where(table.c.repository_id == repository_id, these))
