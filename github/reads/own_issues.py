"""Issues that the App has opened: where Almanac looks for a report before it opens another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.window import iso
from github.client import GitHub, Params
from github.reads.repository import RepoRef
from github.route import Route

ISSUES = Route("GET", "/repos/{owner}/{repo}/issues")
ISSUE = Route("GET", "/repos/{owner}/{repo}/issues/{issue_number}")


@dataclass(frozen=True, slots=True)
class OwnIssue:
    """An issue with its text; `app_id` is the App it was opened through, None for a person's; no login: a ghost."""

    number: int
    login: str | None
    app_id: int | None
    title: str
    body: str
    is_open: bool


async def issues_by(
    gh: GitHub, repo: RepoRef, login: str | None, since: datetime | None = None
) -> AsyncIterator[OwnIssue]:
    """Yield an account's issues, open and closed, the newest first; with `since`, those updated then or later."""
    asked: dict[str, str | int] = {"state": "all", "sort": "created", "direction": "desc"}
    if login is not None:
        asked["creator"] = login
    if since is not None:
        asked["since"] = iso(since)
    params: Params = asked
    async for said in gh.items(ISSUES.at(owner=repo.owner, repo=repo.name), params, remember=False):
        if "pull_request" not in said:
            yield own_issue(said)


async def issue(gh: GitHub, repo: RepoRef, number: int) -> OwnIssue:
    """Read one issue; raises Gone if it was deleted, or is not visible."""
    return own_issue(await gh.get(ISSUE.at(owner=repo.owner, repo=repo.name, issue_number=number)))


def own_issue(said: Mapping[str, Any]) -> OwnIssue:
    """Read an issue as REST shows it."""
    return OwnIssue(
        number=said["number"],
        login=(said.get("user") or {}).get("login"),
        app_id=(said.get("performed_via_github_app") or {}).get("id"),
        title=said.get("title") or "",
        body=said.get("body") or "",
        is_open=said.get("state") == "open",
    )
