"""Comments on issues and pull requests."""

from __future__ import annotations

from github.client import GitHub
from github.reads.repository import RepoRef
from github.route import Route

CREATE = Route("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments")
EDIT = Route("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
DELETE = Route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}")
LONGEST_BODY = 65_536  # GitHub's limit, in characters


async def create(gh: GitHub, repo: RepoRef, number: int, body: str) -> int:
    """Post a comment and return its id; raises Unsure if it may have been posted: look for it before trying again."""
    path = CREATE.at(owner=repo.owner, repo=repo.name, issue_number=number)
    said = await gh.post(path, {"body": _checked(body)})
    comment_id: int = said["id"]
    return comment_id


async def edit(gh: GitHub, repo: RepoRef, comment_id: int, body: str) -> None:
    """Replace a comment's text; raises Gone if somebody deleted it."""
    path = EDIT.at(owner=repo.owner, repo=repo.name, comment_id=comment_id)
    await gh.patch(path, {"body": _checked(body)})


async def delete(gh: GitHub, repo: RepoRef, comment_id: int) -> None:
    """Delete a comment of one's own; raises Gone if somebody else has."""
    await gh.delete(DELETE.at(owner=repo.owner, repo=repo.name, comment_id=comment_id))


def _checked(body: str) -> str:
    if len(body) > LONGEST_BODY:
        raise ValueError(f"a comment of {len(body):,} characters is longer than GitHub's {LONGEST_BODY:,}")
    return body
