"""One repository's `.github/analytics.yml` as it stands, and which version of it is in force."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from github.client import GitHub
from github.reads.contents import file_text
from reports.configuration_parsing import Parsed, parse

PATH = ".github/analytics.yml"
OWNERS_REPOSITORY = ".github"
MOST_KEPT = 64  # parsed files: the same few are asked for again and again


@dataclass(frozen=True, slots=True)
class File:
    """A file and what is remembered of it.

    text: as it stands, None where there is none · good: the last version without a fault, if one is known · good_at:
    when that was read first · said: what `mark` was of the faults that somebody has been told.
    """

    owner: str
    name: str
    text: str | None
    good: str | None = None
    good_at: datetime | None = None
    said: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


class Reader(Protocol):
    """Reads the files of repositories, and knows what was read and said of them before."""

    async def read(self, owner: str, name: str) -> File:
        """Return the file of the repository with that owner and name; raises Gone, Refused and Later."""

    async def remembered(self, owner: str, name: str) -> File:
        """Return the file as it was read last, one without text where it never was; GitHub is not asked."""

    async def forget_said(self, file: File) -> None:
        """Forget that somebody was told of the file's faults, since it has none any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """now: what the file says · held: what is in force · since: when that was read first, if it is an earlier one."""

    now: Parsed
    held: Parsed
    since: datetime | None = None


async def standing(file: File) -> Standing:
    """Return what a file says and what of it is in force: with a fault in it, the last version that had none."""
    now = await parsed(file.text or "", file.name)
    if not now.faults or file.good is None:
        return Standing(now, now)
    return Standing(now, await parsed(file.good, file.name), file.good_at)


kept: OrderedDict[tuple[bytes, bool], Parsed] = OrderedDict()


async def parsed(text: str, name: str) -> Parsed:
    """Parse the file of the repository `name`, in a thread since a large one takes a while; the same text only once."""
    owners = is_owners(name)
    key = hashlib.sha256(text.encode()).digest(), owners
    if key not in kept:
        kept[key] = await asyncio.to_thread(parse, text, owners=owners)
    kept.move_to_end(key)
    found = kept[key]
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
    return found


def is_owners(name: str) -> bool:
    """Tell whether a repository is the one whose file holds for all of its owner's."""
    return name.lower() == OWNERS_REPOSITORY


@dataclass(frozen=True, slots=True)
class Forgetful:
    """A reader that remembers nothing."""

    github: GitHub

    async def read(self, owner: str, name: str) -> File:
        """Return a repository's file as it stands; raises Refused and Later."""
        return File(owner, name, await file_text(self.github, owner, name, PATH))

    async def remembered(self, owner: str, name: str) -> File:
        """Return no text."""
        return File(owner, name, None)

    async def forget_said(self, file: File) -> None:
        """Forget nothing, since nothing was said."""
