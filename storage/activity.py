"""Keep GitHub's activity: save rows in any order and as often as they come, the tables end the same.

Every function takes rows of one repository, which must be saved before, and runs inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select

from analytics.actors import Actor
from analytics.rows import CommentRow, CommitRow, IssueRow, PullRow, ReleaseRow, ReviewRow, TimelineRow
from storage.connection import Connection
from storage.forgotten import without_forgotten
from storage.merge import save_earliest, save_newest
from storage.people import actor_ids
from storage.schema import comments, commits, firsts, issues, pulls, releases, reviews, timeline
from storage.upsert import insert, upsert


async def save_pulls(conn: Connection, repository_id: int, rows: Sequence[PullRow]) -> None:
    """Keep pull requests; an older `updated_at` never overwrites a newer one."""
    ids = await actor_ids(conn, present(actor for row in rows for actor in (row.author, row.merged_by)))
    values = [
        {
            "repository_id": repository_id,
            "number": row.number,
            "title": row.title,
            "author_id": ids[row.author.key],
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "closed_at": row.closed_at,
            "merged_at": row.merged_at,
            "merged_by_id": ids[row.merged_by.key] if row.merged_by else None,
            "is_draft": row.is_draft,
            "ready_at": row.ready_at,
            "base_ref": row.base_ref,
            "additions": row.additions,
            "deletions": row.deletions,
            "changed_files": row.changed_files,
            "labels": json.dumps(row.labels),
            "last_at": latest(row.created_at, row.updated_at, row.closed_at, row.merged_at),
        }
        for row in rows
    ]
    sometimes_left_out = ("additions", "deletions", "changed_files", "merged_by_id")
    await save_newest(conn, pulls, values, fill=sometimes_left_out, earliest=[("ready_at",)])
    await save_firsts(conn, repository_id, ((ids[row.author.key], row.created_at) for row in rows))


async def save_reviews(conn: Connection, repository_id: int, rows: Sequence[ReviewRow]) -> None:
    """Keep reviews. A review goes from pending to submitted to dismissed and never back."""
    ids = await actor_ids(conn, (actor for row in rows for actor in (row.reviewer, row.author)))
    values = [
        {
            "repository_id": repository_id,
            "id": row.id,
            "number": row.number,
            "reviewer_id": ids[row.reviewer.key],
            "author_id": ids[row.author.key],
            "state": row.state,
            "submitted_at": row.submitted_at,
        }
        for row in rows
    ]
    if not values:
        return
    statement = insert(conn, reviews)
    old, new = reviews.c, statement.excluded
    goes_on = stage(new.state) >= stage(old.state)
    taken: dict[str, Any] = {
        name: case((goes_on, new[name]), else_=old[name]) for name in values[0] if name not in ("repository_id", "id")
    }
    taken["submitted_at"] = func.coalesce(new.submitted_at, old.submitted_at)
    await conn.execute(statement.on_conflict_do_update(index_elements=["repository_id", "id"], set_=taken), values)
    submitted = ((ids[row.reviewer.key], row.submitted_at) for row in rows if row.submitted_at)
    await save_firsts(conn, repository_id, submitted)


def stage(state: Any) -> Any:
    """Return how far a review has come, as SQL."""
    return case((state == "PENDING", 0), (state == "DISMISSED", 2), else_=1)


async def save_timeline(conn: Connection, repository_id: int, rows: Sequence[TimelineRow]) -> None:
    """Keep turns of pull requests; what has happened does not change, so a turn that is there stays."""
    ids = await actor_ids(conn, present(row.actor for row in rows))
    instead = await without_forgotten(conn, (row.subject for row in rows))
    values = [
        {
            "repository_id": repository_id,
            "id": row.id,
            "number": row.number,
            "kind": row.kind,
            "at": row.at,
            "actor_id": ids[row.actor.key] if row.actor else None,
            "subject": instead.get(row.subject or "", row.subject),
        }
        for row in rows
    ]
    if values:
        await conn.execute(
            insert(conn, timeline).on_conflict_do_nothing(index_elements=["repository_id", "id"]), values
        )


async def save_issues(conn: Connection, repository_id: int, rows: Sequence[IssueRow]) -> None:
    """Keep issues; an older `updated_at` never overwrites a newer one, and a first response once seen stays known."""
    ids = await actor_ids(conn, present(actor for row in rows for actor in (row.author, row.first_response_by)))
    values = [
        {
            "repository_id": repository_id,
            "number": row.number,
            "title": row.title,
            "author_id": ids[row.author.key],
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "closed_at": row.closed_at,
            "state_reason": row.state_reason,
            "comments": row.comments,
            "first_response_at": row.first_response_at,
            "first_response_by_id": ids[row.first_response_by.key] if row.first_response_by else None,
            "labels": json.dumps(row.labels),
            "last_at": latest(row.created_at, row.updated_at, row.closed_at),
        }
        for row in rows
    ]
    await save_newest(conn, issues, values, earliest=[("first_response_at", "first_response_by_id")])
    await save_firsts(conn, repository_id, ((ids[row.author.key], row.created_at) for row in rows))


async def save_comments(conn: Connection, repository_id: int, rows: Sequence[CommentRow]) -> None:
    """Keep comments' facts; the last save of a comment wins."""
    ids = await actor_ids(conn, (row.author for row in rows))
    values = [
        {
            "repository_id": repository_id,
            "id": row.id,
            "number": row.number,
            "on_pull": row.on_pull,
            "author_id": ids[row.author.key],
            "created_at": row.created_at,
            "body_length": row.body_length,
        }
        for row in rows
    ]
    await upsert(conn, comments, ["repository_id", "id"], values)


async def save_commits(conn: Connection, repository_id: int, rows: Sequence[CommitRow]) -> None:
    """Keep commits of the default branch; sizes once known stay known, the author may be linked to an account later."""
    ids = await actor_ids(conn, (row.author for row in rows))
    values = [
        {
            "repository_id": repository_id,
            "sha": row.sha,
            "author_id": ids[row.author.key],
            "authored_at": row.authored_at,
            "committed_at": row.committed_at,
            "additions": row.additions,
            "deletions": row.deletions,
            "parents": row.parents,
        }
        for row in rows
    ]
    if not values:
        return
    statement = insert(conn, commits)
    taken: dict[str, Any] = {"author_id": statement.excluded.author_id}
    taken |= {name: func.coalesce(statement.excluded[name], commits.c[name]) for name in ("additions", "deletions")}
    await conn.execute(statement.on_conflict_do_update(index_elements=["repository_id", "sha"], set_=taken), values)
    await save_firsts(conn, repository_id, ((ids[row.author.key], row.committed_at) for row in rows))


async def save_releases(conn: Connection, repository_id: int, rows: Sequence[ReleaseRow]) -> None:
    """Keep releases; the last save of a release wins."""
    names = ("id", "tag", "name", "created_at", "published_at", "is_prerelease", "is_draft", "commit_sha")
    values = [{"repository_id": repository_id, **{name: getattr(row, name) for name in names}} for row in rows]
    await upsert(conn, releases, ["repository_id", "id"], values)


async def save_firsts(conn: Connection, repository_id: int, seen: Iterable[tuple[int, datetime]]) -> None:
    """Keep each actor's earliest contribution."""
    earliest: dict[int, datetime] = {}
    for actor_id, at in seen:
        earliest[actor_id] = min(at, earliest.get(actor_id, at))
    values = [
        {"repository_id": repository_id, "actor_id": actor_id, "first_at": at}
        for actor_id, at in sorted(earliest.items())
    ]
    await save_earliest(conn, firsts, ["repository_id", "actor_id"], "first_at", values)


def latest(*moments: datetime | None) -> datetime:
    """Return the latest of the known times."""
    return max(moment for moment in moments if moment is not None)


def present(actors: Iterable[Actor | None]) -> list[Actor]:
    """Return the actors that are there."""
    return [actor for actor in actors if actor is not None]


async def count_commits(conn: Connection, repository_id: int, since: datetime) -> int:
    """Return how many commits at or after `since`, by committer date, are stored."""
    query = select(func.count()).select_from(commits).where(commits.c.repository_id == repository_id)
    return (await conn.execute(query.where(commits.c.committed_at >= since))).scalar_one()


async def drop_commits_except(conn: Connection, repository_id: int, since: datetime, kept: Container[str]) -> int:
    """Delete commits at or after `since` whose sha is not in `kept`: a force push took them off the branch.

    Returns how many. Their authors stay known as contributors of that time.
    """
    query = select(commits.c.sha).where(commits.c.repository_id == repository_id, commits.c.committed_at >= since)
    gone = [sha for sha in (await conn.execute(query)).scalars() if sha not in kept]
    if gone:
        drop = delete(commits).where(commits.c.repository_id == repository_id, commits.c.sha == bindparam("gone"))
        await conn.execute(drop, [{"gone": sha} for sha in gone])
    return len(gone)
