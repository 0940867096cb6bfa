"""Who has starred a repository and when, newest first; accounts by number only, since nobody is named for a star."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.rows import StarRow
from analytics.window import parse_iso
from github.client import GitHub
from github.pages import PageSize, fetch
from github.reads.fields import repository_of
from github.reads.repository import RepoRef

LARGEST = 100

STARGAZERS = """
query Stargazers($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    stargazers(first: $first, after: $after, orderBy: {field: STARRED_AT, direction: DESC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { starredAt node { databaseId } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class StarPage:
    """One page of stars; `total` counts all of them, `oldest_starred_at` is None on an empty page."""

    stars: tuple[StarRow, ...]
    end_cursor: str | None
    has_next: bool
    oldest_starred_at: datetime | None
    total: int
    size: PageSize


async def star_pages(
    gh: GitHub, repo: RepoRef, *, after: str | None = None, page: PageSize | None = None
) -> AsyncIterator[StarPage]:
    """Yield pages, most recently starred first, from cursor `after` on; stop where the window's edge is passed."""
    size = page if page is not None else PageSize(LARGEST)
    more = True
    while more:
        data, size = await fetch(gh, STARGAZERS, {"owner": repo.owner, "name": repo.name, "after": after}, size)
        connection = repository_of(data, repo)["stargazers"]
        after, more = connection["pageInfo"].get("endCursor"), bool(connection["pageInfo"]["hasNextPage"])
        stars = tuple(_star(edge) for edge in connection.get("edges") or () if _is_whole(edge))
        yield StarPage(
            stars=stars,
            end_cursor=after,
            has_next=more,
            oldest_starred_at=min((star.starred_at for star in stars), default=None),
            total=connection["totalCount"],
            size=size,
        )


def _is_whole(edge: Any) -> bool:
    """Tell whether an edge names an account by number: a hole, or an account without one, is left out."""
    return isinstance(edge, dict) and isinstance((edge.get("node") or {}).get("databaseId"), int)


def _star(edge: Mapping[str, Any]) -> StarRow:
    return StarRow(edge["node"]["databaseId"], parse_iso(edge["starredAt"]))
