"""What goes when a person takes back at GitHub what they allowed the App: their sessions, and the token itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.connection import Connection
from storage.schema_access import persons
from storage.sessions import GITHUB, end_sessions
from storage.user_tokens import forget_user_token


async def take_back(conn: Connection, subject: str, now: datetime) -> int | None:
    """End the sessions of GitHub's account of that number and forget its token, whatever else would still need it.

    Returns how many sessions ended, None for somebody who never signed in.
    """
    query = select(persons.c.id).where(persons.c.issuer == GITHUB, persons.c.subject == subject)
    person_id = (await conn.execute(query)).scalar()
    if person_id is None:
        return None
    ended = await end_sessions(conn, person_id, now)
    await forget_user_token(conn, person_id)
    return ended
