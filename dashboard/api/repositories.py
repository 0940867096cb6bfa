"""/repositories: what the caller may see, and how much is stored of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from analytics.tables import CAPTURED
from dashboard.access import Visible
from dashboard.api.cursors import opened, sealed
from dashboard.api.operations import Asking, Nothing, Operation, Paged, Reply
from storage.currency import is_stale
from storage.watermarks import watermarks


class Repository(msgspec.Struct):
    """A repository. sees_traffic: whether its traffic shows to this token · manages: whether you look after it."""

    id: int
    installation: int
    owner: str
    name: str
    full_name: str
    visibility: str
    archived: bool
    sees_traffic: bool
    manages: bool


class Listed(Paged, frozen=True, kw_only=True):
    """Which repositories."""

    installation: Annotated[int, Meta(ge=1, le=2**63 - 1, description="Only those of an installation.")] | None = None
    q: Annotated[str, Meta(description="Only those whose full name contains this.")] | None = None


class Repositories(msgspec.Struct):
    """Repositories by name. next: the cursor of the next page, null on the last."""

    items: list[Repository]
    next: str | None


class Dataset(msgspec.Struct):
    """How much of a dataset is stored. complete_since: null where that is its whole history, or nothing is stored."""

    name: str
    synced_at: datetime | None
    complete_since: datetime | None
    whole_history: bool
    stale: bool
    error: str | None


class RepositoryInFull(Repository):
    """A repository and its datasets; those that captures fill are not among them."""

    datasets: list[Dataset]


async def listed(asking: Asking, query: Listed) -> Reply:
    """Answer with the repositories that the caller may see."""
    cipher = asking.front.login.cipher
    # by name and number: a repository may have the name of another that was renamed a moment ago
    seen = sorted(await asking.front.access.repositories_for(asking.caller.person), key=place)
    if query.installation is not None:
        seen = [one for one in seen if one.repository.installation_id == query.installation]
    if query.q is not None:
        seen = [one for one in seen if query.q.casefold() in one.repository.full_name.casefold()]
    if query.cursor is not None:
        after = opened(cipher, asking.question, query.cursor, tuple[str, int])
        seen = [one for one in seen if place(one) > after]
    shown = seen[: query.limit]
    following = sealed(cipher, asking.question, place(shown[-1])) if len(seen) > len(shown) else None
    return Reply(Repositories([as_item(asking, one) for one in shown], following), following)


def place(visible: Visible) -> tuple[str, int]:
    """Return where a repository stands in the list."""
    return visible.repository.full_name.lower(), visible.repository.id


def as_item(asking: Asking, visible: Visible) -> Repository:
    """Return a repository as this caller sees it."""
    return Repository(**described(asking.caller.within_scope(visible)))


def described(visible: Visible) -> dict[str, Any]:
    """Return what is said of a repository everywhere."""
    one = visible.repository
    return {
        "id": one.id,
        "installation": one.installation_id,
        "owner": one.owner,
        "name": one.name,
        "full_name": one.full_name,
        "visibility": one.visibility,
        "archived": one.archived,
        "sees_traffic": visible.sees_traffic,
        "manages": visible.manages,
    }


async def one(asking: Asking, _query: Nothing) -> Reply:
    """Answer with one repository."""
    visible = await asking.repository()
    services, number = asking.front.services, visible.repository.id
    marks = await services.store.read(lambda conn: watermarks(conn, number))
    datasets = [
        Dataset(
            name,
            mark.synced_at,
            None if mark.whole_history else mark.covered_since,
            mark.whole_history,
            is_stale(mark, services.now()),
            mark.error,
        )
        for name, mark in sorted(marks.items())
        if name not in CAPTURED
    ]
    return Reply(RepositoryInFull(**described(visible), datasets=datasets))


OPERATIONS = (
    Operation("repositories", "/repositories", "The repositories that you may see.", Repositories, listed, Listed),
    Operation(
        "repository", "/repositories/{owner}/{name}", "One repository, and how much of it is stored.",
        RepositoryInFull, one,
    ),
)  # fmt: skip
