"""What each command of a comment was answered with, so that an edit of one leaves the others as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, select

from storage.connection import Connection
from storage.schema_work import answer_parts as table

NAMES = list[str]


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """What one command was answered with.

    meaning: the command, in whatever words make two the same · markdown: as it was published · pictures, files: the
    addresses that belong to it · mistaken: whether the command was refused, in whole or in part.
    """

    meaning: str
    markdown: str
    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    mistaken: bool = False


async def save_parts(conn: Connection, answer_key: str, parts: Iterable[AnswerPart]) -> None:
    """Store the parts of an answer in their order, in place of those it had before."""
    await conn.execute(delete(table).where(table.c.answer_key == answer_key))
    rows = [
        {
            "answer_key": answer_key,
            "position": position,
            "meaning": part.meaning,
            "markdown": part.markdown,
            "pictures": msgspec.json.encode(part.pictures).decode(),
            "files": msgspec.json.encode(part.files).decode(),
            "mistaken": part.mistaken,
        }
        for position, part in enumerate(parts)
    ]
    if rows:
        await conn.execute(table.insert(), rows)


async def parts_of(conn: Connection, answer_key: str) -> list[AnswerPart]:
    """Return the parts that an answer was published with, in their order."""
    query = select(table).where(table.c.answer_key == answer_key).order_by(table.c.position)
    return [
        AnswerPart(
            row.meaning,
            row.markdown,
            tuple(msgspec.json.decode(row.pictures, type=NAMES)),
            tuple(msgspec.json.decode(row.files, type=NAMES)),
            row.mistaken,
        )
        for row in await conn.execute(query)
    ]
