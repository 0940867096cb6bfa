"""Which repositories an organisation's figures are counted over.

Those that the thread's readers may see; of traffic, only those whose traffic whoever asked may see. An owner of the
account may let the threads of one private repository show all of them; nobody else can, and no file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analytics.words import plural
from storage.connection import Connection
from storage.engine import Store
from storage.grants import may_show_organisation
from storage.installations import Repository, Visibility, repositories_of

READABLE: dict[Visibility, frozenset[Visibility]] = {
    "public": frozenset({"public"}),
    "internal": frozenset({"public", "internal"}),
    "private": frozenset({"public"}),  # and the thread's own repository, whose readers these are
}
ALL = frozenset[Visibility]({"public", "internal", "private"})
NARROWEST_FIRST: tuple[Visibility, ...] = ("private", "internal", "public")
NAMED: dict[Visibility, str] = {
    "public": "public ones only",
    "internal": "public and internal ones only",
    "private": "public ones and this one only",
}


GRANTED = "private ones too, as an owner of {owner} lets this repository show"


@dataclass(frozen=True, slots=True)
class Together:
    """The repositories by id, and the sentence that says which they are; how many others there are is not said."""

    ids: tuple[int, ...]
    sentence: str


def narrowest(*visibilities: str) -> Visibility:
    """Return the visibility of these that the fewest people have; one that is not known here counts as private."""
    return next((one for one in NARROWEST_FIRST if one in visibilities), "private")


async def readable_together(store: Store, asked_in: Repository) -> list[Repository]:
    """Return the other repositories of the installation that the readers of a thread of this one may see, by name."""

    async def read(conn: Connection) -> tuple[list[Repository], bool]:
        return await repositories_of(conn, asked_in.installation_id), await is_granted(conn, asked_in)

    stored, granted = await store.read(read)
    readable = frozenset(chosen(asked_in, stored, granted=granted).ids)
    return [one for one in stored if one.id in readable and one.id != asked_in.id]


async def is_granted(conn: Connection, asked_in: Repository) -> bool:
    """Tell whether an owner lets the threads of this repository, which must be private, show the whole organisation."""
    if asked_in.visibility != "private":
        return False
    return await may_show_organisation(conn, asked_in.id, asked_in.installation_id)


async def counted_together(store: Store, asked_in: Repository, allowed: Collection[int]) -> Together:
    """Return what is counted in a thread of this repository; `allowed`: whose traffic whoever asked may see."""
    others = [one for one in await readable_together(store, asked_in) if one.id in allowed]
    granted = await store.read(lambda conn: is_granted(conn, asked_in))
    found = chosen(asked_in, others, granted=granted)
    return Together(found.ids, f"{found.sentence}; only repositories whose traffic whoever asked may see")


async def whole_organisation(store: Store, about: Repository, asked_in: Repository) -> list[Repository]:
    """Return the repositories of the organisation that is asked about, as far as the thread's readers may see them.

    Of another installation than the thread's, its readers are known to see what is public only.
    """
    if about.installation_id == asked_in.installation_id:
        return [asked_in, *await readable_together(store, asked_in)]
    stored = await store.read(lambda conn: repositories_of(conn, about.installation_id))
    return [one for one in stored if one.visibility == "public"]


async def scope(store: Store, about: Repository, asked_in: Repository, count: int) -> str:
    """Return the sentence that says what the figures of a whole organisation are over."""
    audience: Visibility = asked_in.visibility if about.installation_id == asked_in.installation_id else "public"
    granted = audience == "private" and await store.read(lambda conn: is_granted(conn, asked_in))
    named = GRANTED.format(owner=about.owner) if granted else NAMED[audience]
    return f"over {plural(count, 'repository', 'repositories')} of {about.owner}, {named}"


def chosen(asked_in: Repository, stored: Iterable[Repository], *, granted: bool = False) -> Together:
    """Choose by visibility: the thread's repository has the one that was just reported of it, the others theirs.

    granted: an owner lets the threads of this repository, which is private, show all.
    """
    may = ALL if granted else READABLE[asked_in.visibility]
    others = [one.id for one in stored if one.visibility in may and one.id != asked_in.id]
    ids = tuple(sorted({*others, asked_in.id}))
    named = GRANTED.format(owner=asked_in.owner) if granted else NAMED[asked_in.visibility]
    which = f"{plural(len(ids), 'repository', 'repositories')} of {asked_in.owner}, {named}"
    return Together(ids, f"counted over {which}; uniques are never added up, so there are none")
