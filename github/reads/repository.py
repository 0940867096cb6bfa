"""A repository's facts; its numeric id is the key, because names change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.window import parse_iso
from github.client import GitHub
from github.route import Route

REPOSITORY = Route("GET", "/repos/{owner}/{repo}")


@dataclass(frozen=True, slots=True)
class RepoRef:
    """A repository as requests name it."""

    id: int
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What GitHub says of a repository; visibility is public, private or internal.

    `node_id` is its name in GraphQL. What GitHub leaves out, as webhooks do, is None and not zero.
    """

    id: int
    owner: str
    name: str
    visibility: str
    default_branch: str | None
    archived: bool
    is_fork: bool
    created_at: datetime | None
    node_id: str | None = None
    stars: int | None = None
    forks: int | None = None

    @property
    def ref(self) -> RepoRef:
        return RepoRef(self.id, self.owner, self.name)


async def repository(gh: GitHub, owner: str, name: str) -> RepositoryFacts:
    """Read a repository, by its old name too if it was renamed; raises Gone where it is not visible."""
    return facts(await gh.get(REPOSITORY.at(owner=owner, repo=name)))


def facts(said: Mapping[str, Any]) -> RepositoryFacts:
    """Read REST's repository object, whole or as webhooks and lists give it: some have no owner but `full_name`."""
    owner = (said.get("owner") or {}).get("login")
    return RepositoryFacts(
        id=said["id"],
        owner=owner or said["full_name"].partition("/")[0],
        name=said["name"],
        visibility=said.get("visibility") or ("private" if said.get("private", True) else "public"),
        default_branch=said.get("default_branch"),
        archived=bool(said.get("archived")),
        is_fork=bool(said.get("fork")),
        created_at=parse_iso(said["created_at"]) if isinstance(said.get("created_at"), str) else None,
        node_id=said.get("node_id"),
        stars=said.get("stargazers_count"),
        forks=said.get("forks_count"),
    )
