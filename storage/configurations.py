"""What is remembered of repositories' `.github/analytics.yml`: the text, and the last version without a fault."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, select, update

from storage.connection import Connection
from storage.schema_installed import installations, repositories
from storage.schema_work import configurations as table
from storage.upsert import insert

NUL = "\0"  # what PostgreSQL keeps in no text; another character that no YAML has stands for it
NOT_YAML = "\x01"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A repository's file as it was read last, by lower-case `owner/name`.

    text: `storable`, None where there was none · good: the last version without a fault, read first at `good_at`, None
    if there never was one · said: stands for the faults that somebody has been told, None if there were none to tell.
    """

    installation_id: int
    key: str
    text: str | None
    good: str | None
    good_at: datetime | None
    read_at: datetime
    said: str | None = None


# made once: every page asks
FILE = select(table).where(table.c.installation_id == bindparam("installation"), table.c.key == bindparam("of"))


async def known_file(conn: Connection, installation_id: int, key: str) -> KnownFile | None:
    """Return what is remembered of a repository's file, None if it was never read."""
    row = (await conn.execute(FILE, {"installation": installation_id, "of": key})).mappings().first()
    return None if row is None else KnownFile(**row)


async def known_files(conn: Connection, installation_ids: Collection[int]) -> list[KnownFile]:
    """Return what is remembered of the files of these installations' repositories, as far as there are any."""
    query = select(table).where(table.c.installation_id.in_(installation_ids), table.c.text.is_not(None))
    return [KnownFile(**row) for row in (await conn.execute(query)).mappings()]


async def save_file(conn: Connection, file: KnownFile) -> None:
    """Remember how a file was read; what was said of it stays."""
    statement = insert(conn, table)
    taken = {name: statement.excluded[name] for name in ("text", "good", "good_at", "read_at")}
    await conn.execute(
        statement.on_conflict_do_update(index_elements=["installation_id", "key"], set_=taken), asdict(file)
    )


def storable(text: str) -> str:
    """Return a file's text as both databases can keep it; one with NUL is no YAML before and after."""
    return text.replace(NUL, NOT_YAML)


async def note_faults_said(conn: Connection, installation_id: int, key: str, said: str) -> None:
    """Note that somebody was told of a file's faults, which `said` stands for."""
    of = update(table).where(table.c.installation_id == installation_id, table.c.key == key)
    await conn.execute(of.values(said=said))


async def forget_files(conn: Connection, before: datetime) -> int:
    """Delete what was not read since `before`, of repositories that the App does not see; return how many rows."""
    at_work = select(installations.c.id).where(installations.c.removed_at.is_(None))
    seen = exists().where(
        and_(
            repositories.c.key == table.c.key,
            repositories.c.installation_id == table.c.installation_id,
            repositories.c.removed_at.is_(None),
        )
    )
    kept = and_(seen, table.c.installation_id.in_(at_work))
    return (await conn.execute(delete(table).where(table.c.read_at < before, ~kept))).rowcount
