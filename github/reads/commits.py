"""Commits on the default branch, newest first."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.actors import GHOST, Actor
from analytics.rows import CommitRow
from analytics.window import iso, parse_iso
from github.client import GitHub
from github.pages import PageSize, fetch, nodes
from github.reads.fields import repository_of
from github.reads.repository import RepoRef

LARGEST = 100

# Line counts are what makes this expensive for GitHub; merges keep theirs, a metric decides what to make of them.
COMMITS = """
query Commits($owner: String!, $name: String!, $first: Int!, $after: String, $since: GitTimestamp,
              $until: GitTimestamp) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    defaultBranchRef {
      name
      target {
        ... on Commit {
          history(first: $first, after: $after, since: $since, until: $until) {
            totalCount
            pageInfo { hasNextPage endCursor }
            nodes {
              oid authoredDate committedDate additions deletions
              parents(first: 1) { totalCount }
              author { name email user { login } }
            }
          }
        }
      }
    }
  }
}
"""

# A bot's commits have no linked user, only the address GitHub made for it: 49699333+dependabot[bot]@users.noreply.…
BOT_ADDRESS = re.compile(r"(?:\d+\+)?(?P<login>[^@+]+\[bot\])@users\.noreply\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CommitPage:
    """One page of commits; `total` counts those of the asked time; `oldest_committed_at` is None on an empty page."""

    commits: tuple[CommitRow, ...]
    end_cursor: str | None
    has_next: bool
    oldest_committed_at: datetime | None
    total: int
    size: PageSize


async def commit_pages(
    gh: GitHub,
    repo: RepoRef,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str | None = None,
    page: PageSize | None = None,
) -> AsyncIterator[CommitPage]:
    """Yield pages of the default branch's history by committer date; an empty repository has one empty page."""
    size = page if page is not None else PageSize(LARGEST)
    more = True
    while more:
        asked = {
            "owner": repo.owner,
            "name": repo.name,
            "after": after,
            "since": iso(since) if since else None,
            "until": iso(until) if until else None,
        }
        data, size = await fetch(gh, COMMITS, asked, size)
        branch = repository_of(data, repo).get("defaultBranchRef") or {}
        history = (branch.get("target") or {}).get("history")
        if history is None:
            yield CommitPage((), None, has_next=False, oldest_committed_at=None, total=0, size=size)
            return
        rows = tuple(_commit(node) for node in nodes(history))
        after, more = history["pageInfo"].get("endCursor"), bool(history["pageInfo"]["hasNextPage"])
        yield CommitPage(
            commits=rows,
            end_cursor=after,
            has_next=more,
            oldest_committed_at=min((row.committed_at for row in rows), default=None),
            total=history["totalCount"],
            size=size,
        )


def commit_author(said: Mapping[str, Any] | None) -> Actor:
    """Return who a commit is by: the linked account, else a bot by its address, else a hash of the e-mail address."""
    author = said or {}
    login = (author.get("user") or {}).get("login")
    email = (author.get("email") or "").strip()
    if login:
        return Actor.from_github(login)
    bot = BOT_ADDRESS.match(email)
    if bot:
        return Actor.from_github(bot["login"])
    if email or author.get("name"):
        return Actor.from_email(email or author["name"])
    return GHOST


def _commit(node: Mapping[str, Any]) -> CommitRow:
    return CommitRow(
        sha=node["oid"],
        author=commit_author(node["author"]),
        authored_at=parse_iso(node["authoredDate"]),
        committed_at=parse_iso(node["committedDate"]),
        additions=node["additions"],
        deletions=node["deletions"],
        parents=node["parents"]["totalCount"],
    )
