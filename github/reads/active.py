"""What an installation is shown of each of its repositories: who may see it now, and when it was last pushed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from github.client import GitHub
from github.reads.fields import moment
from github.reads.installations import REPOSITORIES
from github.reads.repository import facts


@dataclass(frozen=True, slots=True)
class Shown:
    """A repository as it is listed now. visibility: public, internal or private · pushed_at: None if it never was."""

    visibility: str
    pushed_at: datetime | None


async def shown(gh: GitHub) -> dict[int, Shown]:
    """Return every repository that the installation has now, by its id; asks for each page anew."""
    pages = gh.items(REPOSITORIES.at(), key="repositories", remember=False)
    return {int(said["id"]): Shown(facts(said).visibility, moment(said.get("pushed_at"))) async for said in pages}
