"""Issues with labels, first response and last comments, most recently updated first.

48 of them cost one GraphQL point: a page of them and three lists of each are 145 requests by GitHub's formula.

No comment's text is read: GraphQL has a body's length only with the body, so `CommentRow.body_length` is 0 here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.actors import Actor
from analytics.rows import CommentRow, IssueRow
from analytics.window import parse_iso
from github.client import GitHub
from github.errors import Gone
from github.pages import PageSize, fetch, next_cursor, nodes
from github.reads.fields import actor, comment, label_names, moment, repository_of
from github.reads.repository import RepoRef

STATES = ("OPEN", "CLOSED")
LARGEST = 48
NESTED = 100

ISSUES = """
query Issues($owner: String!, $name: String!, $first: Int!, $after: String, $states: [IssueState!]) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    issues(first: $first, after: $after, states: $states, orderBy: {field: UPDATED_AT, direction: DESC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        number title createdAt updatedAt closedAt stateReason
        author { login __typename }
        comments(first: 10) {
          totalCount
          pageInfo { hasNextPage endCursor }
          nodes { id createdAt author { login __typename } }
        }
        latest: comments(last: 10) { nodes { id createdAt author { login __typename } } }
        labels(first: 100) { nodes { name } }
      }
    }
  }
}
"""

MORE = """
query MoreOfIssue($owner: String!, $name: String!, $number: Int!, $first: Int!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    databaseId
    issue(number: $number) {
      comments(first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id createdAt author { login __typename } }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One page of issues, the comments read on the way to each first response, and the last ten: not always all.

    `total` counts all issues of the asked states; `oldest_updated_at` is None on an empty page.
    """

    issues: tuple[IssueRow, ...]
    comments: tuple[CommentRow, ...]
    end_cursor: str | None
    has_next: bool
    oldest_updated_at: datetime | None
    total: int
    size: PageSize


async def issue_pages(
    gh: GitHub,
    repo: RepoRef,
    *,
    states: tuple[str, ...] = STATES,
    after: str | None = None,
    page: PageSize | None = None,
) -> AsyncIterator[IssuePage]:
    """Yield pages, most recently updated first, from cursor `after` on; stop where the window's edge is passed."""
    size = page if page is not None else PageSize(LARGEST)
    more = True
    while more:
        asked = {"owner": repo.owner, "name": repo.name, "after": after, "states": list(states)}
        data, size = await fetch(gh, ISSUES, asked, size)
        connection = repository_of(data, repo)["issues"]
        issues: list[IssueRow] = []
        comments: list[CommentRow] = []
        for node in nodes(connection):
            read = await _comments(gh, repo, node)
            issues.append(_issue(node, read))
            latest = (comment(node["number"], said, on_pull=False) for said in nodes(node["latest"]))
            comments.extend({one.id: one for one in (*read, *latest)}.values())
        after, more = connection["pageInfo"].get("endCursor"), bool(connection["pageInfo"]["hasNextPage"])
        yield IssuePage(
            issues=tuple(issues),
            comments=tuple(comments),
            end_cursor=after,
            has_next=more,
            oldest_updated_at=min((row.updated_at for row in issues), default=None),
            total=connection["totalCount"],
            size=size,
        )


def first_response(author: Actor, comments: list[CommentRow]) -> CommentRow | None:
    """Return the earliest comment by someone other than the issue's author, bots left out."""
    answers = (one for one in comments if not one.author.is_bot and one.author.key != author.key)
    return min(answers, key=lambda one: one.created_at, default=None)


async def _comments(gh: GitHub, repo: RepoRef, node: Mapping[str, Any]) -> list[CommentRow]:
    """Return the first comments, and further ones until somebody has answered."""
    author, number = actor(node["author"]), node["number"]
    read = [comment(number, said, on_pull=False) for said in nodes(node["comments"])]
    cursor = next_cursor(node["comments"])
    size = PageSize(NESTED)
    while cursor and first_response(author, read) is None:
        asked = {"owner": repo.owner, "name": repo.name, "number": number, "after": cursor}
        try:
            data, size = await fetch(gh, MORE, asked, size)
        except Gone:
            break  # deleted or transferred meanwhile; whether the repository is gone, the next page says
        connection = ((data.get("repository") or {}).get("issue") or {}).get("comments")
        read.extend(comment(number, said, on_pull=False) for said in nodes(connection))
        cursor = next_cursor(connection)
    return read


def _issue(node: Mapping[str, Any], comments: list[CommentRow]) -> IssueRow:
    author = actor(node["author"])
    response = first_response(author, comments)
    return IssueRow(
        number=node["number"],
        title=node["title"],
        author=author,
        created_at=parse_iso(node["createdAt"]),
        updated_at=parse_iso(node["updatedAt"]),
        closed_at=moment(node["closedAt"]),
        state_reason=node.get("stateReason"),
        comments=node["comments"]["totalCount"],
        first_response_at=response.created_at if response else None,
        first_response_by=response.author if response else None,
        labels=label_names(node),
    )
