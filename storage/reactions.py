"""The App's own reactions to comments, by what they are."""

from __future__ import annotations

from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema_work import reactions as table
from storage.upsert import upsert


async def note_reaction(
    conn: Connection, repository_id: int, comment_id: int, content: str, reaction_id: int | None
) -> None:
    """Note a reaction: before it is given without an id, afterwards with the one GitHub said."""
    row = {"repository_id": repository_id, "comment_id": comment_id, "content": content, "reaction_id": reaction_id}
    await upsert(conn, table, ["repository_id", "comment_id", "content"], [row])


async def own_reactions(conn: Connection, repository_id: int, comment_id: int) -> dict[str, int | None]:
    """Return what the App reacted with; an id of None means that it may or may not have been given."""
    noted = select(table.c.content, table.c.reaction_id).where(table.c.repository_id == repository_id)
    rows = await conn.execute(noted.where(table.c.comment_id == comment_id))
    return {row.content: row.reaction_id for row in rows}


async def forget_reaction(conn: Connection, repository_id: int, comment_id: int, content: str) -> None:
    """Forget a reaction that was taken back."""
    gone = delete(table).where(table.c.repository_id == repository_id, table.c.comment_id == comment_id)
    await conn.execute(gone.where(table.c.content == content))
