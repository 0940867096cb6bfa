"""Keep what webhooks tell of GitHub's activity, so that the same rows come out in whatever order they arrive.

One rule, for every table: a payload shows the whole thread, and of two of them the one with the later `updated_at`
wins. GitHub's times are whole seconds: of two of the same second what has come further wins, column by column, merged
and closed before open, then whichever is greater. What never goes back is kept whatever `updated_at` says: when a pull
request first was ready, the first response, the stages of a review, a turn that was taken. What was deleted stays
deleted. So any order and any repetition of the same payloads end in the same rows, and each read of GitHub itself
(`storage.activity`) puts right what no payload tells: a turn's own id, what was missed, what one second held.

Comments and reviews do not show the whole pull request, so of its row they move `last_at` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, delete, func, select, update

from analytics.rows import CommentRow, IssueRow, PullRow, ReviewRow, TimelineRow
from storage import activity
from storage.columns import to_micros
from storage.connection import Connection
from storage.forgotten import without_forgotten
from storage.schema import comments, issues, pulls, releases, reviews, timeline
from storage.schema_activity import vanished
from storage.told_rows import stored_issue, stored_pull
from storage.upsert import insert

TOLD = "~"
"""How the id of a turn begins that a webhook told: GitHub's own id is not in it."""
SAME_TURN = timedelta(seconds=5)
"""A payload's `updated_at` may be a little later than the turn it tells of."""

Row = TypeVar("Row", PullRow, IssueRow)
THREADS = {"pulls": pulls, "issues": issues}
CHILDREN: dict[str, tuple[Table, ...]] = {"pulls": (reviews, timeline, comments), "issues": (comments,)}
EARLIEST = frozenset({"ready_at", "first_response_at", "first_response_by"})
"""Of these the earliest known counts, which is decided where rows are saved."""


async def save_told_pull(conn: Connection, repository_id: int, row: PullRow, turns: Iterable[TimelineRow]) -> bool:
    """Keep a pull request and the turns that a payload told; return whether it was unknown before."""
    if await is_vanished(conn, repository_id, "pulls", row.number, row.updated_at):
        return False
    stored = await stored_pull(conn, repository_id, row.number)
    await activity.save_pulls(conn, repository_id, [joined(stored, row)])
    await move_last(conn, repository_id, row.number)
    for turn in turns:
        await save_told_turn(conn, repository_id, turn)
    return stored is None


async def save_told_issue(conn: Connection, repository_id: int, row: IssueRow) -> bool:
    """Keep an issue; return whether it was unknown before."""
    if await is_vanished(conn, repository_id, "issues", row.number, row.updated_at):
        return False
    stored = await stored_issue(conn, repository_id, row.number)
    await activity.save_issues(conn, repository_id, [joined(stored, row)])
    return stored is None


async def save_told_review(conn: Connection, repository_id: int, row: ReviewRow) -> None:
    """Keep a review."""
    await activity.save_reviews(conn, repository_id, [row])
    await move_last(conn, repository_id, row.number)


async def save_told_comment(conn: Connection, repository_id: int, row: CommentRow, issue: IssueRow | None) -> None:
    """Keep a comment, and the issue it stands in, None for a pull request's.

    GitHub counts an issue's comments without the one that it tells of, so at least those that are stored are counted.
    """
    if await is_vanished(conn, repository_id, "comments", row.id):
        return
    if issue is not None and await is_vanished(conn, repository_id, "issues", issue.number, issue.updated_at):
        return
    await activity.save_comments(conn, repository_id, [row])
    if issue is None:
        await move_last(conn, repository_id, row.number)
        return
    await save_told_issue(conn, repository_id, issue)
    stored = select(func.count()).where(comments.c.repository_id == repository_id, comments.c.number == row.number)
    fewer = issues.c.comments < stored.scalar_subquery()
    of_issue = issues.c.repository_id == repository_id, issues.c.number == row.number
    await conn.execute(update(issues).where(*of_issue, fewer).values(comments=stored.scalar_subquery()))


async def forget_comment(conn: Connection, repository_id: int, comment_id: str, now: datetime) -> None:
    """Delete a comment for good."""
    await note_vanished(conn, repository_id, "comments", comment_id, now)
    here = comments.c.repository_id == repository_id, comments.c.id == comment_id
    await conn.execute(delete(comments).where(*here))


async def forget_thread(conn: Connection, repository_id: int, dataset: str, number: int, at: datetime) -> bool:
    """Delete an issue or pull request that was deleted or moved away at `at`; return whether it was stored."""
    await note_vanished(conn, repository_id, dataset, str(number), at)
    for table in CHILDREN[dataset]:
        await conn.execute(delete(table).where(table.c.repository_id == repository_id, table.c.number == number))
    table = THREADS[dataset]
    here = table.c.repository_id == repository_id, table.c.number == number
    return (await conn.execute(delete(table).where(*here))).rowcount == 1


async def forget_release(conn: Connection, repository_id: int, release_id: str) -> bool:
    """Delete a release; return whether it was stored. It comes back by reading alone, so nothing needs to be noted."""
    here = releases.c.repository_id == repository_id, releases.c.id == release_id
    return (await conn.execute(delete(releases).where(*here))).rowcount == 1


async def save_told_turn(conn: Connection, repository_id: int, row: TimelineRow) -> None:
    """Keep a turn that a payload told, unless GitHub's own list has brought it already."""
    instead = await without_forgotten(conn, [row.subject])
    row = replace(row, subject=instead.get(row.subject or "", row.subject))
    c = timeline.c
    same = [c.repository_id == repository_id, c.number == row.number, c.kind == row.kind]
    same.append(c.subject.is_not_distinct_from(row.subject))
    near = c.at >= row.at - SAME_TURN, c.at <= row.at + SAME_TURN
    listed = select(c.id).where(*same, *near, ~c.id.startswith(TOLD))
    if (await conn.execute(listed.limit(1))).first() is None:
        name = f"{TOLD}{row.number}:{row.kind}:{to_micros(row.at)}:{row.subject or ''}"
        await activity.save_timeline(conn, repository_id, [replace(row, id=name)])


async def settle_turns(conn: Connection, repository_id: int, read: Iterable[PullRow]) -> None:
    """Drop the turns that payloads told of pull requests whose whole list was read: it has them by their own ids."""
    c = timeline.c
    of_pull = c.repository_id == repository_id, c.number == bindparam("of"), c.at <= bindparam("until")
    rows = [{"of": pull.number, "until": pull.updated_at} for pull in read]
    if rows:
        await conn.execute(delete(timeline).where(*of_pull, c.id.startswith(TOLD)), rows)


async def note_vanished(conn: Connection, repository_id: int, thing: str, key: str, at: datetime) -> None:
    """Remember that a thing is no more."""
    statement = insert(conn, vanished).on_conflict_do_nothing(index_elements=["repository_id", "thing", "key"])
    await conn.execute(statement, {"repository_id": repository_id, "thing": thing, "key": key, "at": at})


async def is_vanished(
    conn: Connection, repository_id: int, thing: str, key: object, at: datetime | None = None
) -> bool:
    """Tell whether a thing is no more; an issue that somebody changed after that has come back."""
    c = vanished.c
    query = select(c.at).where(c.repository_id == repository_id, c.thing == thing, c.key == str(key))
    ended = (await conn.execute(query)).scalar()
    return ended is not None and (at is None or at <= ended)


async def forget_vanished(conn: Connection, before: datetime) -> int:
    """Forget what vanished before `before`: no delivery of that time can come any more."""
    return (await conn.execute(delete(vanished).where(vanished.c.at < before))).rowcount


async def move_last(conn: Connection, repository_id: int, number: int) -> None:
    """Let a pull request be as late as its latest comment or review, so that a window finds it by that."""
    for table, name in ((comments, "created_at"), (reviews, "submitted_at")):
        at = select(func.max(table.c[name])).where(table.c.repository_id == repository_id, table.c.number == number)
        latest = at.scalar_subquery()
        of_pull = pulls.c.repository_id == repository_id, pulls.c.number == number
        await conn.execute(update(pulls).where(*of_pull, pulls.c.last_at < latest).values(last_at=latest))


def joined(stored: Row | None, told: Row) -> Row:
    """Return what a payload tells, joined with what is stored of the same second; else what it tells. Pure."""
    if stored is None or stored.updated_at != told.updated_at:
        return told  # which of two times is the later one is decided where rows are saved
    names = [one.name for one in fields(told) if one.name not in EARLIEST]
    pairs = {name: (getattr(stored, name), getattr(told, name)) for name in names}
    return replace(told, **{name: further(*pair) for name, pair in pairs.items()})


def further(one: Any, other: Any) -> Any:
    """Return which of two values of one column has come further: the known one, else the greater. Pure."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=lambda value: getattr(value, "key", value))
