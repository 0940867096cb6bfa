"""What is in a milestone: issues and pull requests, as REST lists them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from analytics.actors import Actor
from analytics.window import parse_iso
from github.client import GitHub
from github.reads.fields import moment
from github.reads.repository import RepoRef
from github.route import Route

ISSUES = Route("GET", "/repos/{owner}/{repo}/issues")


@dataclass(frozen=True, slots=True)
class MilestoneItem:
    """An issue or a pull request of a milestone; `merged_at` is None for what was not merged."""

    number: int
    is_pull: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    author: Actor


async def milestone_items(gh: GitHub, repo: RepoRef, milestone: int) -> AsyncIterator[MilestoneItem]:
    """Yield everything in a milestone, open and closed, in no particular order."""
    path = ISSUES.at(owner=repo.owner, repo=repo.name)
    async for said in gh.items(path, {"milestone": milestone, "state": "all"}, remember=False):
        pull = said.get("pull_request")
        author = said.get("user") or {}
        yield MilestoneItem(
            int(said["number"]),
            pull is not None,
            parse_iso(said["created_at"]),
            moment(said.get("closed_at")),
            moment((pull or {}).get("merged_at")),
            Actor.from_github(author.get("login"), author.get("type")),
        )
