"""Which repositories an organisation's figures are counted over.

Those that the thread's readers may see; of traffic, only those whose traffic whoever asked may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analytics.words import plural
from storage.engine import Store
from storage.installations import Repository, Visibility, repositories_of

READABLE: dict[Visibility, frozenset[Visibility]] = {
    "public": frozenset({"public"}),
    "internal": frozenset({"public", "internal"}),
    "private": frozenset({"public"}),  # and the thread's own repository, whose readers these are
}
NARROWEST_FIRST: tuple[Visibility, ...] = ("private", "internal", "public")
NAMED: dict[Visibility, str] = {
    "public": "public ones only",
    "internal": "public and internal ones only",
    "private": "public ones and this one only",
}


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
    stored = await store.read(lambda conn: repositories_of(conn, asked_in.installation_id))
    readable = frozenset(chosen(asked_in, stored).ids)
    return [one for one in stored if one.id in readable and one.id != asked_in.id]


async def counted_together(store: Store, asked_in: Repository, allowed: Collection[int]) -> Together:
    """Return what is counted in a thread of this repository; `allowed`: whose traffic whoever asked may see."""
    others = [one for one in await readable_together(store, asked_in) if one.id in allowed]
    found = chosen(asked_in, others)
    return Together(found.ids, f"{found.sentence}; only repositories whose traffic whoever asked may see")


async def whole_organisation(store: Store, about: Repository, asked_in: Repository) -> list[Repository]:
    """Return the repositories of the organisation that is asked about, as far as the thread's readers may see them.

    Of another installation than the thread's, its readers are known to see what is public only.
    """
    if about.installation_id == asked_in.installation_id:
        return [asked_in, *await readable_together(store, asked_in)]
    stored = await store.read(lambda conn: repositories_of(conn, about.installation_id))
    return [one for one in stored if one.visibility == "public"]


def scope(about: Repository, asked_in: Repository, count: int) -> str:
    """Return the sentence that says what the figures of a whole organisation are over."""
    audience: Visibility = asked_in.visibility if about.installation_id == asked_in.installation_id else "public"
    return f"over {plural(count, 'repository', 'repositories')} of {about.owner}, {NAMED[audience]}"


def chosen(asked_in: Repository, stored: Iterable[Repository]) -> Together:
    """Choose by visibility: the thread's repository has the one that was just reported of it, the others theirs."""
    may = READABLE[asked_in.visibility]
    others = [one.id for one in stored if one.visibility in may and one.id != asked_in.id]
    ids = tuple(sorted({*others, asked_in.id}))
    which = f"{plural(len(ids), 'repository', 'repositories')} of {asked_in.owner}, {NAMED[asked_in.visibility]}"
    return Together(ids, f"counted over {which}; uniques are never added up, so there are none")
