"""Releases, newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.rows import ReleaseRow
from analytics.window import parse_iso
from github.client import GitHub
from github.pages import PageSize, fetch, nodes
from github.reads.fields import moment, repository_of
from github.reads.repository import RepoRef

LARGEST = 100

RELEASES = """
query Releases($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    releases(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id tagName name createdAt publishedAt isPrerelease isDraft tagCommit { oid } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One page of releases; `total` counts all of them."""

    releases: tuple[ReleaseRow, ...]
    end_cursor: str | None
    has_next: bool
    total: int
    size: PageSize


async def release_pages(
    gh: GitHub, repo: RepoRef, *, after: str | None = None, page: PageSize | None = None
) -> AsyncIterator[ReleasePage]:
    """Yield pages, most recently created first, from cursor `after` on."""
    size = page if page is not None else PageSize(LARGEST)
    more = True
    while more:
        data, size = await fetch(gh, RELEASES, {"owner": repo.owner, "name": repo.name, "after": after}, size)
        connection = repository_of(data, repo)["releases"]
        after, more = connection["pageInfo"].get("endCursor"), bool(connection["pageInfo"]["hasNextPage"])
        yield ReleasePage(
            releases=tuple(_release(node) for node in nodes(connection)),
            end_cursor=after,
            has_next=more,
            total=connection["totalCount"],
            size=size,
        )


def _release(node: Mapping[str, Any]) -> ReleaseRow:
    return ReleaseRow(
        id=node["id"],
        tag=node["tagName"],
        name=node["name"] or node["tagName"],
        created_at=parse_iso(node["createdAt"]),
        published_at=moment(node["publishedAt"]),
        is_prerelease=node["isPrerelease"],
        is_draft=node["isDraft"],
        commit_sha=(node["tagCommit"] or {}).get("oid"),
    )
