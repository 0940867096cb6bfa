"""A row that is stored, read back as it was saved: to compare it with what a webhook tells of the same second."""

from __future__ import annotations

import json

from sqlalchemy import select

from analytics.actors import Actor, ActorKind
from analytics.rows import IssueRow, PullRow
from storage.connection import Connection
from storage.schema import actors, issues, pulls

writer = actors.alias("writer")
second = actors.alias("second")


def actor_of(login: str | None, kind: str | None) -> Actor | None:
    """Return an actor as it is stored."""
    return Actor(login, ActorKind(kind)) if login is not None and kind is not None else None


async def stored_pull(conn: Connection, repository_id: int, number: int) -> PullRow | None:
    """Return a pull request as it is stored, None if it is not."""
    people = (writer.c.login.label("w_login"), writer.c.kind.label("w_kind"), second.c.login, second.c.kind)
    query = (
        select(pulls, *people)
        .join(writer, writer.c.id == pulls.c.author_id)
        .outerjoin(second, second.c.id == pulls.c.merged_by_id)
        .where(pulls.c.repository_id == repository_id, pulls.c.number == number)
    )
    row = (await conn.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    names = ("number", "title", "created_at", "updated_at", "closed_at", "merged_at", "is_draft", "ready_at")
    sizes = ("base_ref", "additions", "deletions", "changed_files")
    return PullRow(
        **{name: row[name] for name in (*names, *sizes)},
        author=Actor(row["w_login"], ActorKind(row["w_kind"])),
        merged_by=actor_of(row["login"], row["kind"]),
        labels=tuple(json.loads(row["labels"])),
    )


async def stored_issue(conn: Connection, repository_id: int, number: int) -> IssueRow | None:
    """Return an issue as it is stored, None if it is not."""
    people = (writer.c.login.label("w_login"), writer.c.kind.label("w_kind"), second.c.login, second.c.kind)
    query = (
        select(issues, *people)
        .join(writer, writer.c.id == issues.c.author_id)
        .outerjoin(second, second.c.id == issues.c.first_response_by_id)
        .where(issues.c.repository_id == repository_id, issues.c.number == number)
    )
    row = (await conn.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    names = ("number", "title", "created_at", "updated_at", "closed_at", "state_reason", "comments")
    return IssueRow(
        **{name: row[name] for name in (*names, "first_response_at")},
        author=Actor(row["w_login"], ActorKind(row["w_kind"])),
        first_response_by=actor_of(row["login"], row["kind"]),
        labels=tuple(json.loads(row["labels"])),
    )
