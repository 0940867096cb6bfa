"""People who were forgotten: an actor whose name is a hash, by which their login is known when it comes again.

No account can have such a name, since logins have no colon. The hash keeps the login away from rows, files and
pictures; who guesses a login can still compute it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from storage.connection import Connection
from storage.schema import actors

PREFIX = "deleted:"
CHUNK = 500


def pseudonym(login: str) -> str:
    """Return what stands where this login, in any case, stood."""
    return PREFIX + hashlib.sha256(login.lower().encode()).hexdigest()[:12]


async def ids_of_forgotten(conn: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Return the ids of those of these lower-case logins whose people were forgotten."""
    wanted = {pseudonym(key): key for key in keys}
    names = list(wanted)
    found: dict[str, int] = {}
    for start in range(0, len(names), CHUNK):
        query = select(actors.c.key, actors.c.id).where(actors.c.key.in_(names[start : start + CHUNK]))
        found |= {wanted[name]: number for name, number in await conn.execute(query)}
    return found


async def without_forgotten(conn: Connection, logins: Iterable[str | None]) -> dict[str, str]:
    """Return, for each login whose person was forgotten, as it is spelt, what is to be stored in its place."""
    spelt = {login for login in logins if login is not None}
    known = await ids_of_forgotten(conn, {login.lower() for login in spelt})
    return {login: pseudonym(login) for login in spelt if login.lower() in known}
