"""Where the App is installed and which repositories it sees there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, Table, bindparam, func, literal, or_, select, update

from storage.columns import Moment
from storage.connection import Connection
from storage.schema_installed import installations, repositories
from storage.upsert import insert_in

Visibility = Literal["public", "private", "internal"]
Teller = Literal["webhook", "listing"]


@dataclass(frozen=True, slots=True)
class Installation:
    """The App on one account. While `suspended_at` is set GitHub refuses its tokens; `removed_at` is its end.

    removed_by: who told of the end. A webhook is final, since GitHub gives a new installation a new number; that GitHub
    did not show it may have been a false answer, and a later look or delivery sets it right.
    permissions: name -> level, as the account's owner granted them · listed_at: when its repositories were last listed
    in full. Both are None while that was never said, and saving None does not erase what is known.
    """

    id: int
    account_login: str
    account_id: int
    account_type: str
    suspended_at: datetime | None = None
    removed_at: datetime | None = None
    permissions: Mapping[str, str] | None = None
    listed_at: datetime | None = None
    removed_by: Teller | None = None

    @property
    def tells_owners(self) -> bool:
        """Whether GitHub tells the App who owns the account; an organisation's owners take a permission."""
        return self.account_type != "Organization" or self.permissions is None or "members" in self.permissions


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository by GitHub's numeric id, which stays when it is renamed or transferred; owner and name are labels.

    node_id: GraphQL's name for it; None while it was never said, and saving None does not erase it.
    """

    id: int
    installation_id: int
    owner: str
    name: str
    visibility: Visibility
    default_branch: str
    archived: bool = False
    removed_at: datetime | None = None
    node_id: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


async def save_installation(conn: Connection, installation: Installation) -> None:
    """Insert or overwrite an installation by its id."""
    granted = (
        None if installation.permissions is None else msgspec.json.encode(installation.permissions, order="sorted")
    )
    # field by field: asdict would copy the permissions
    row = {name: getattr(installation, name) for name in Installation.__slots__}
    row["permissions"] = granted and granted.decode()
    await conn.execute(labelling(conn.dialect.name, installations), row)


async def save_unless_over(conn: Connection, installation: Installation) -> bool:
    """Save what GitHub shows of an installation, unless a webhook told that it is over; return whether it was saved.

    What GitHub shows may be older than the webhook, for minutes, and says itself nowhere how old it is.
    """
    ended, by = await end_of(conn, installation.id)
    if ended is not None and by == "webhook":
        return False
    await save_installation(conn, installation)
    return True


async def is_removed(conn: Connection, installation_id: int) -> bool:
    """Tell whether an installation has ended; until this transaction is over nobody changes that."""
    ended, _ = await end_of(conn, installation_id)
    return ended is not None


async def end_of(conn: Connection, installation_id: int) -> tuple[datetime | None, Teller | None]:
    """Return when an installation ended and who told so, and hold its row until this transaction is over."""
    query = select(installations.c.removed_at, installations.c.removed_by)
    row = (await conn.execute(query.where(installations.c.id == installation_id).with_for_update())).first()
    return (None, None) if row is None else (row.removed_at, row.removed_by)


async def told_over(conn: Connection) -> set[int]:
    """Return the installations of which a webhook told that they are over."""
    ended = installations.c.removed_at.is_not(None), installations.c.removed_by == "webhook"
    return set((await conn.execute(select(installations.c.id).where(*ended))).scalars())


INSTALLATION = select(installations).where(installations.c.id == bindparam("of"))  # made once: every page asks


async def installation(conn: Connection, installation_id: int) -> Installation | None:
    """Return an installation, a removed one too, or None."""
    row = (await conn.execute(INSTALLATION, {"of": installation_id})).mappings().first()
    return None if row is None else read_installation(row)


async def all_installations(conn: Connection) -> list[Installation]:
    """Return the installations that are not removed, by id."""
    query = select(installations).where(installations.c.removed_at.is_(None)).order_by(installations.c.id)
    return [read_installation(row) for row in (await conn.execute(query)).mappings()]


def read_installation(row: RowMapping) -> Installation:
    """Return a row as a value."""
    granted = row["permissions"]
    permissions = None if granted is None else msgspec.json.decode(granted, type=dict[str, str])
    return Installation(**{**row, "permissions": permissions})


async def note_listed(conn: Connection, installation_id: int, at: datetime) -> None:
    """Note that all repositories of an installation were listed at that moment."""
    noted = update(installations).where(installations.c.id == installation_id)
    await conn.execute(noted.values(listed_at=at))


async def mark_installation_removed(
    conn: Connection, installation_id: int, at: datetime, by: Teller = "webhook"
) -> None:
    """Note that the App was uninstalled, for the installation and every repository it saw there.

    The first report's moment stays, and so does a webhook's word.
    """
    table = installations.c
    ended = update(installations).where(table.id == installation_id)
    news = table.removed_at.is_(None) if by == "listing" else table.removed_by.is_distinct_from(by)
    await conn.execute(
        ended.where(news).values(removed_at=func.coalesce(table.removed_at, literal(at, Moment())), removed_by=by)
    )
    gone = update(repositories).where(repositories.c.installation_id == installation_id)
    await conn.execute(gone.where(repositories.c.removed_at.is_(None)).values(removed_at=at))


async def save_repository(conn: Connection, repository: Repository) -> None:
    """Insert or overwrite a repository by its id; a new name or owner is just another label."""
    await save_repositories(conn, [repository])


async def save_repositories(conn: Connection, listed: Iterable[Repository]) -> None:
    """Insert or overwrite repositories by their ids; a row in which nothing has changed is not written."""
    # always in one order, so that two transactions of PostgreSQL never wait for each other in a circle
    ordered = sorted(listed, key=lambda repository: repository.id)
    rows = [{**asdict(repository), "key": repository.full_name.lower()} for repository in ordered]
    if rows:
        await leave_views(conn, ordered)
        await conn.execute(labelling(conn.dialect.name, repositories), rows)


MOST_AT_ONCE = 500
BEFORE = select(repositories.c.id, repositories.c.installation_id).where(
    repositories.c.id.in_(bindparam("ids", expanding=True))
)


async def leave_views(conn: Connection, listed: Sequence[Repository]) -> None:
    """End what was given to viewers of repositories that come to another installation: its admins gave none of it."""
    now = {repository.id: repository.installation_id for repository in listed}
    ids = list(now)
    for first_of in range(0, len(ids), MOST_AT_ONCE):
        known = (await conn.execute(BEFORE, {"ids": ids[first_of : first_of + MOST_AT_ONCE]})).all()
        moved = [number for number, before in known if now[number] != before]
        if moved:
            from storage.roles import end_views  # noqa: PLC0415 - hardly ever does one move

            await end_views(conn, moved)


REMEMBERED = ("permissions", "listed_at", "node_id")  # what a source may leave out


@cache
def labelling(dialect: str, table: Table) -> Any:
    """Return the INSERT that overwrites a row by its id if something is new, and keeps what a source leaves out."""
    statement = insert_in(dialect, table)
    old, new = table.c, statement.excluded
    taken: dict[str, ColumnElement[Any]] = {
        column.name: func.coalesce(new[column.name], column) if column.name in REMEMBERED else new[column.name]
        for column in old
        if column.name != "id"
    }
    differs = or_(*(old[name].is_distinct_from(value) for name, value in taken.items()))
    return statement.on_conflict_do_update(index_elements=["id"], set_=taken, where=differs)


def best(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the statement of the best match: one that is not removed, then the newest."""
    ordered = repositories.c.removed_at.is_not(None), repositories.c.id.desc()
    return select(repositories).where(condition).order_by(*ordered).limit(1)


BY_ID = best(repositories.c.id == bindparam("of"))
BY_NAME = best(repositories.c.key == bindparam("of"))


async def repository(conn: Connection, repository_id: int) -> Repository | None:
    """Return a repository, a removed one too, or None."""
    return await first(conn, BY_ID, repository_id)


async def repository_by_name(conn: Connection, owner: str, name: str) -> Repository | None:
    """Return the repository that has this name now, in any case; one that is not removed comes first."""
    return await first(conn, BY_NAME, f"{owner}/{name}".lower())


async def repositories_of(conn: Connection, installation_id: int) -> list[Repository]:
    """Return the repositories that an installation sees, by name."""
    seen = select(repositories).where(repositories.c.installation_id == installation_id)
    query = seen.where(repositories.c.removed_at.is_(None)).order_by(repositories.c.key, repositories.c.id)
    return [read(row) for row in (await conn.execute(query)).mappings()]


async def mark_repositories_removed(conn: Connection, repository_ids: Iterable[int], at: datetime) -> None:
    """Note that the App no longer sees these repositories; their rows stay until they are pruned."""
    gone = update(repositories).where(repositories.c.id.in_(list(repository_ids)))
    await conn.execute(gone.where(repositories.c.removed_at.is_(None)).values(removed_at=at))


async def first(conn: Connection, query: Select[Any], of: int | str) -> Repository | None:
    """Return the best match of a statement that has one parameter, `of`."""
    row = (await conn.execute(query, {"of": of})).mappings().first()
    return None if row is None else read(row)


def read(row: RowMapping) -> Repository:
    """Return a row as a value; its lower-case key is the table's own business."""
    return Repository(**{name: value for name, value in row.items() if name != "key"})
