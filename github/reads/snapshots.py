"""What many repositories look like now: stars, forks, watchers and what is open; 100 of them cost a GraphQL point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog

from analytics.traffic import Snapshot
from github.budget import GRAPHQL
from github.client import GitHub
from github.errors import Gone, Later, Overloaded, QueryFailed, Refused
from github.pages import PageSize
from github.reads.repository import RepositoryFacts

LARGEST = 100

SNAPSHOTS = """
query Snapshots($ids: [ID!]!) {
  rateLimit { cost remaining resetAt }
  nodes(ids: $ids) {
    ... on Repository {
      databaseId stargazerCount forkCount
      watchers { totalCount }
      issues(states: OPEN) { totalCount }
      pullRequests(states: OPEN) { totalCount }
    }
  }
}
"""

log = structlog.get_logger()


async def snapshots(gh: GitHub, node_ids: Iterable[str], taken_at: datetime) -> list[Snapshot]:
    """Read the repositories of these GraphQL ids; one that is not shown is left out, a number that is not is None.

    Where GraphQL fails, what was read until then is returned and the log says why: a missing snapshot is unknown, and
    traffic, which GitHub forgets, must not wait for it. Raises Later for a rate limit only.
    """
    waiting = list(dict.fromkeys(node_ids))
    size = PageSize(LARGEST)
    found: list[Snapshot] = []
    while waiting:
        asked = waiting[: size.first]
        try:
            data = await gh.graphql(SNAPSHOTS, {"ids": asked})
        except Overloaded as overloaded:
            if len(asked) == 1:
                return _cut_short(found, waiting, overloaded.reason)
            size = _smaller(size, len(asked))
        except Later as later:
            if gh.budget.held_until(GRAPHQL, gh.now()) is not None:
                raise
            return _cut_short(found, waiting, later.reason)
        except (Refused, QueryFailed, Gone) as failed:
            return _cut_short(found, waiting, failed.reason)
        else:
            found += [_snapshot(node, taken_at) for node in data.get("nodes") or () if _is_repository(node)]
            size = size.succeeded()
            del waiting[: len(asked)]
    return found


def listed_snapshot(facts: RepositoryFacts, taken_at: datetime) -> Snapshot | None:
    """Return what the list of repositories itself says, where GraphQL said nothing; None if that is nothing, too.

    REST's `watchers_count` counts stars and its `open_issues_count` pull requests as well, so neither is used.
    """
    if facts.stars is None and facts.forks is None:
        return None
    return Snapshot(facts.id, taken_at, facts.stars, facts.forks, watchers=None, open_issues=None, open_pulls=None)


def _cut_short(found: list[Snapshot], waiting: list[str], reason: str) -> list[Snapshot]:
    log.warning("some snapshots are missing", reason=reason, missing=len(waiting))
    return found


def _smaller(size: PageSize, asked: int) -> PageSize:
    """Return a size below `asked`: of a last, short page, half of the largest may still be all of it."""
    size = size.failed()
    while size.first >= asked:
        size = size.failed()
    return size


def _is_repository(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("databaseId"), int)


def _snapshot(node: Mapping[str, Any], taken_at: datetime) -> Snapshot:
    return Snapshot(
        repository_id=node["databaseId"],
        taken_at=taken_at,
        stars=node.get("stargazerCount"),
        forks=node.get("forkCount"),
        watchers=_total(node.get("watchers")),
        open_issues=_total(node.get("issues")),
        open_pulls=_total(node.get("pullRequests")),
    )


def _total(connection: Mapping[str, Any] | None) -> int | None:
    return (connection or {}).get("totalCount")
