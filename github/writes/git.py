"""Git's own objects, for files on a branch: blobs, a tree, a commit, and the branch that leads to it.

Nobody sees an object before a branch leads to it, and made twice it is one, or a commit that nothing leads to: only the
branch's move is a write that waits for its turn.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from github.client import GitHub
from github.errors import Refused
from github.reads.repository import RepoRef
from github.route import Route

BLOB = Route("POST", "/repos/{owner}/{repo}/git/blobs")
TREE = Route("POST", "/repos/{owner}/{repo}/git/trees")
COMMIT = Route("POST", "/repos/{owner}/{repo}/git/commits")
BEGIN = Route("POST", "/repos/{owner}/{repo}/git/refs")
MOVE = Route("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}")

PERMISSION = "contents=write"
A_FILE = "100644"
UNPROCESSABLE = 422  # the branch is there already, is not there any more, or leads elsewhere by now


async def make_blob(gh: GitHub, repo: RepoRef, data: bytes) -> str:
    """Store bytes and return the blob's sha."""
    body = {"content": base64.b64encode(data).decode(), "encoding": "base64"}
    return await made(gh, BLOB, repo, body)


async def make_tree(gh: GitHub, repo: RepoRef, blobs: Mapping[str, str], texts: Mapping[str, str]) -> str:
    """Make a tree of nothing but these files and return its sha; blobs: sha by path · texts: content by path."""
    shared = {"mode": A_FILE, "type": "blob"}
    entries = [{"path": path, **shared, "sha": sha} for path, sha in blobs.items()]
    entries += [{"path": path, **shared, "content": text} for path, text in texts.items()]
    return await made(gh, TREE, repo, {"tree": entries})


async def make_commit(gh: GitHub, repo: RepoRef, message: str, tree: str, parents: Sequence[str]) -> str:
    """Make a commit of the App's and return its sha; without parents it is the first of its history."""
    return await made(gh, COMMIT, repo, {"message": message, "tree": tree, "parents": list(parents)})


async def made(gh: GitHub, route: Route, repo: RepoRef, body: Mapping[str, Any]) -> str:
    """Make an object and return its sha."""
    said = await gh.post(route.at(owner=repo.owner, repo=repo.name), body, repeatable=True, paced=False)
    sha: str = said["sha"]
    return sha


async def lead(gh: GitHub, repo: RepoRef, branch: str, commit: str, *, begin: bool) -> bool:
    """Have a branch lead to a commit that follows where it leads now; False if it does not follow any more.

    begin: there is no such branch yet; False then means that there is one by now.
    """
    try:
        if begin:
            body = {"ref": f"refs/heads/{branch}", "sha": commit}
            await gh.post(BEGIN.at(owner=repo.owner, repo=repo.name), body, repeatable=True)
        else:
            path = MOVE.at(owner=repo.owner, repo=repo.name, ref=f"heads/{branch}")
            await gh.patch(path, {"sha": commit, "force": False})
    except Refused as refused:
        if refused.status != UNPROCESSABLE:
            raise
        return False
    return True
