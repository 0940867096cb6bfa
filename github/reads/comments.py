"""The comments of one issue or pull request: where Almanac looks for its own before it posts again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from analytics.window import iso, parse_iso
from github.client import GitHub
from github.reads.repository import RepoRef
from github.route import Route

ISSUE_COMMENTS = Route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments")


@dataclass(frozen=True, slots=True)
class IssueComment:
    """A comment with its text; `app_id` is the App it was posted through, None for a person's; no login: a ghost."""

    id: int
    login: str | None
    app_id: int | None
    body: str
    created_at: datetime
    updated_at: datetime


async def issue_comments(
    gh: GitHub, repo: RepoRef, number: int, since: datetime | None = None
) -> AsyncIterator[IssueComment]:
    """Yield the comments, oldest first; with `since`, those updated then or later."""
    path = ISSUE_COMMENTS.at(owner=repo.owner, repo=repo.name, issue_number=number)
    async for said in gh.items(path, {"since": iso(since)} if since else None):
        created = parse_iso(said["created_at"])
        yield IssueComment(
            id=said["id"],
            login=(said.get("user") or {}).get("login"),
            app_id=(said.get("performed_via_github_app") or {}).get("id"),
            body=said.get("body") or "",
            created_at=created,
            updated_at=parse_iso(said["updated_at"]) if said.get("updated_at") else created,
        )
