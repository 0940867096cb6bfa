"""Who may see the traffic of many repositories, by their owners' word as it was read last: one query for all of them.

`reports.known_settings` has everything that is set for one repository; a list of thousands needs this of each.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from reports.configuration import Configuration, TrafficFor, configured
from reports.configuration_file import OWNERS_REPOSITORY, File, Standing, is_owners, standing
from reports.configured import as_file
from reports.extending import NO_BASE, PROTECTING, Base, base_from
from storage.configurations import KnownFile, known_files
from storage.connection import Connection
from storage.installations import Repository

MOST_KEPT = 4096
"""Texts whose word is remembered, by their hash: about half a megabyte."""
UNSET: TrafficFor = Configuration().traffic

Files = Mapping[tuple[int, str], KnownFile]
Kept = TypeVar("Kept")

said: OrderedDict[bytes, TrafficFor] = OrderedDict()
"""Who sees traffic, by the texts that say so."""
extended: OrderedDict[bytes, str | None] = OrderedDict()
"""What a text extends."""


async def files_of(conn: Connection, repositories: Sequence[Repository]) -> Files:
    """Return what is remembered of the files of these repositories' owners."""
    ids = sorted({one.installation_id for one in repositories})
    found = await known_files(conn, ids) if ids else []
    return {(one.installation_id, one.key): one for one in found}


async def known_traffic(repositories: Sequence[Repository], files: Files) -> dict[int, TrafficFor]:
    """Return who sees each repository's traffic, by its number: those who may push where nothing is known to be set."""
    return {one.id: await traffic_of(one, files) for one in repositories}


async def traffic_of(repository: Repository, files: Files) -> TrafficFor:
    """Return who sees one repository's traffic: by its own file, else by its owner's."""
    for name in (repository.name, OWNERS_REPOSITORY):
        known = kept(files, repository, name)
        if known is not None:
            return await word_of(as_file(repository.owner, name, known), repository, files)
    return UNSET


async def word_of(file: File, repository: Repository, files: Files) -> TrafficFor:
    """Return what a file and what it extends say; the same texts are read once."""
    own = mark(file.name if is_owners(file.name) else "", file.text, file.good)
    if own not in extended:
        extends = (await standing(file)).held.settings.get("extends")
        keep(extended, own, extends if isinstance(extends, str) else None)
    name = extended[own]
    base = None if name is None else kept(files, repository, name.rpartition("/")[2])
    key = own if base is None else mark(own.hex(), base.text, base.good)
    if key not in said:
        found = await standing(file)
        keep(said, key, configured(found.held, await base_of(name, base, found, repository)).traffic)
    return said[key]


async def base_of(name: str | None, known: KnownFile | None, own: Standing, repository: Repository) -> Base:
    """Return what a file extends; where that was never read, it may say that nobody sees traffic."""
    if name is None:
        return NO_BASE
    if known is None:
        return Base(unsure=PROTECTING)
    return await base_from(as_file(repository.owner, name.rpartition("/")[2], known), own, name, repository.owner)


def kept(files: Files, repository: Repository, name: str) -> KnownFile | None:
    """Return the file of a repository of the same owner."""
    return files.get((repository.installation_id, f"{repository.owner}/{name}".lower()))


def keep(cache: OrderedDict[bytes, Kept], key: bytes, value: Kept) -> None:
    """Remember a value; what was remembered first goes first."""
    cache[key] = value
    while len(cache) > MOST_KEPT:
        cache.popitem(last=False)


def mark(*texts: str | None) -> bytes:
    """Return what stands for texts, the same only for the same ones."""
    sized = (f"{-1 if text is None else len(text)}:{text or ''}" for text in texts)
    return hashlib.sha256("".join(sized).encode()).digest()
