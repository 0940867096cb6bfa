"""Reactions to comments: the quietest answer there is."""

from __future__ import annotations

from github.client import GitHub
from github.errors import Gone
from github.pace import Urgency
from github.reads.repository import RepoRef
from github.route import Route

REACT = Route("POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions")
UNREACT = Route("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}")

EYES = "eyes"
ROCKET = "rocket"
THUMBS_DOWN = "-1"


async def react(gh: GitHub, repo: RepoRef, comment_id: int, content: str) -> int:
    """React to a comment and return the reaction's id; the same reaction twice is one, so it may be repeated."""
    path = REACT.at(owner=repo.owner, repo=repo.name, comment_id=comment_id)
    said = await gh.post(path, {"content": content}, repeatable=True, urgency=Urgency.PASSING)
    reaction_id: int = said["id"]
    return reaction_id


async def unreact(gh: GitHub, repo: RepoRef, comment_id: int, reaction_id: int) -> None:
    """Take a reaction back; one that is not there any more is fine."""
    path = UNREACT.at(owner=repo.owner, repo=repo.name, comment_id=comment_id, reaction_id=reaction_id)
    try:
        await gh.delete(path, urgency=Urgency.PASSING)
    except Gone:
        return
