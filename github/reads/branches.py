"""Where a branch stands."""

from __future__ import annotations

from github.client import GitHub
from github.errors import Gone
from github.reads.repository import RepoRef
from github.route import Route

BRANCH = Route("GET", "/repos/{owner}/{repo}/git/ref/{ref}")


async def tip(gh: GitHub, repo: RepoRef, branch: str) -> str | None:
    """Return the commit that a branch leads to, None if there is no such branch; raises Refused where nothing is."""
    try:
        said = await gh.get(BRANCH.at(owner=repo.owner, repo=repo.name, ref=f"heads/{branch}"))
    except Gone:
        return None
    sha: str = said["object"]["sha"]
    return sha
