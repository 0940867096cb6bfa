"""How texts go to PostgreSQL, whose texts hold no NUL (U+0000) where SQLite's do. Imported only for that database.

GitHub passes on what people write, and a file of settings may hold any byte. A statement with a NUL in it would fail as
a whole, and with it the read or the delivery that brought it.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown

NUL = "\0"
REPLACEMENT = "\ufffd"  # what Unicode has for a character that cannot be said


class WithoutNul(StrDumperUnknown):
    """Writes a text as psycopg does, its NULs replaced."""

    def dump(self, obj: str) -> Buffer | None:
        """Return the text's bytes."""
        return super().dump(obj.replace(NUL, REPLACEMENT) if NUL in obj else obj)


def prepare(connection: Any) -> None:
    """Let a connection of SQLAlchemy's write texts so."""
    driver: AsyncConnection[Any] = connection.driver_connection
    driver.adapters.register_dumper(str, WithoutNul)
