"""The answers that stand in threads: which comment of ours answers which command."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.connection import Connection
from storage.schema_work import answers as table
from storage.upsert import insert


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """One answer by the hidden key its comment carries. `comment_id` is None until GitHub has said it.

    asked_by: the login of who wrote the command, in any case · asked_at: when its comment was last changed · state and
    question are the caller's own words.
    """

    key: str
    repository_id: int
    number: int
    command_comment_id: int
    comment_id: int | None
    state: str
    question: str
    created_at: datetime
    updated_at: datetime
    asked_by: str
    asked_at: datetime


async def save_answer(conn: Connection, answer: PublishedAnswer) -> None:
    """Insert or overwrite an answer by its key. When it was first asked stays, and a known comment is not forgotten."""
    row = {**asdict(answer), "asked_by": answer.asked_by.lower()}
    statement = insert(conn, table)
    taken: dict[str, Any] = {name: statement.excluded[name] for name in row if name not in ("key", "created_at")}
    taken["comment_id"] = func.coalesce(statement.excluded.comment_id, table.c.comment_id)
    await conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=taken), row)


async def answer(conn: Connection, key: str) -> PublishedAnswer | None:
    """Return an answer by its key, or None."""
    row = (await conn.execute(select(table).where(table.c.key == key))).mappings().first()
    return None if row is None else PublishedAnswer(**row)


async def answer_to(conn: Connection, repository_id: int, command_comment_id: int) -> PublishedAnswer | None:
    """Return the newest answer to a command's comment, or None."""
    given = select(table).where(table.c.command_comment_id == command_comment_id)
    newest = given.where(table.c.repository_id == repository_id).order_by(table.c.created_at.desc(), table.c.key)
    row = (await conn.execute(newest.limit(1))).mappings().first()
    return None if row is None else PublishedAnswer(**row)
