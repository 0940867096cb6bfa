"""Which issues or pull requests there are, by number alone: a hundred for a point, to find those that are no more."""

from __future__ import annotations

from github.client import GitHub
from github.pages import PageSize, fetch, nodes
from github.reads.fields import repository_of
from github.reads.repository import RepoRef

LARGEST = 100

ISSUE_NUMBERS = """
query IssueNumbers($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    issues(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
  }
}
"""

PULL_NUMBERS = """
query PullNumbers($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequests(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { number }
    }
  }
}
"""

ASKED = {"issues": (ISSUE_NUMBERS, "issues"), "pulls": (PULL_NUMBERS, "pullRequests")}


async def numbers(gh: GitHub, repo: RepoRef, dataset: str) -> set[int] | None:
    """Return the number of every issue (or pull request: `pulls`); None where the list did not agree with its length.

    It changes while it is read; nothing may be concluded from a list with a hole.
    """
    document, field = ASKED[dataset]
    found: set[int] = set()
    after, more, total, size = None, True, 0, PageSize(LARGEST)
    while more:
        data, size = await fetch(gh, document, {"owner": repo.owner, "name": repo.name, "after": after}, size)
        connection = repository_of(data, repo)[field]
        found.update(node["number"] for node in nodes(connection))
        after, more = connection["pageInfo"].get("endCursor"), bool(connection["pageInfo"]["hasNextPage"])
        total = connection["totalCount"]
    return found if len(found) == total else None
