"""Git through the API: make blobs, trees and commits, and have branches lead to them."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.clock import iso
from sandbox.errors import Refusal, invalid, not_found
from sandbox.git import GitCommit, Who
from sandbox.rest.routing import REPOSITORY, Route, answer, body, caller, guard
from sandbox.state import state
from sandbox.things import Repository, node_id

MODES = frozenset({"100644", "100755", "040000", "160000", "120000"})
SHA = re.compile(r"[0-9a-f]{40}")
HEADS = "refs/heads/"
NO_COMMIT = "0" * 40


def reached(request: web.Request, level: str) -> Repository:
    """Return the repository addressed; one without a single commit has no git to speak of."""
    found = guard(request, f"contents:{level}")
    if level == "write" and found.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    if not (found.commits or found.files or found.git.branches):
        raise Refusal(409, "Git Repository is empty.")
    return found


def here_is(request: web.Request, found: Repository, path: str) -> str:
    """Return the address of one of a repository's objects."""
    return f"{state(request).base}/repos/{found.full_name}/git/{path}"


async def make_blob(request: web.Request) -> web.Response:
    """`POST …/git/blobs`."""
    found, said = reached(request, "write"), await body(request)
    content = said.get("content")
    if not isinstance(content, str):
        raise invalid("Blob", "content")
    try:
        data = base64.b64decode(content, validate=False) if said.get("encoding") == "base64" else content.encode()
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    sha = found.git.add_blob(data)
    return answer({"sha": sha, "url": here_is(request, found, f"blobs/{sha}")}, 201)


async def make_tree(request: web.Request) -> web.Response:
    """`POST …/git/trees`: of blobs that are there and of texts, on top of another tree or of nothing."""
    found, said = reached(request, "write"), await body(request)
    entries, base = said.get("tree"), said.get("base_tree")
    if not isinstance(entries, list) or not entries:
        raise Refusal(422, "Invalid tree info")
    if base is not None and base not in found.git.trees:
        raise not_found()
    files = dict(found.git.files(base)) if base is not None else {}
    for entry in entries:
        path, mode = entry.get("path"), entry.get("mode")
        if not isinstance(path, str) or mode not in MODES or any(p in ("", ".", "..", ".git") for p in path.split("/")):
            raise Refusal(422, "tree contains a malformed path component")
        if isinstance(entry.get("content"), str):
            sha = found.git.add_blob(entry["content"].encode())
        else:
            sha = entry.get("sha")
        if sha not in found.git.blobs:
            raise Refusal(422, f"tree.sha {sha} is not a valid blob")
        files[path] = (mode, sha)
    sha = found.git.add_tree(files)
    rows = [
        {"path": path, "mode": mode, "type": "blob", "sha": blob, "size": len(found.git.blobs[blob]),
         "url": here_is(request, found, f"blobs/{blob}")}
        for path, (mode, blob) in sorted(found.git.files(sha).items())
    ]  # fmt: skip
    return answer({"sha": sha, "url": here_is(request, found, f"trees/{sha}"), "tree": rows, "truncated": False}, 201)


async def make_commit(request: web.Request) -> web.Response:
    """`POST …/git/commits`: by whoever asks, unless it says by whom."""
    found, said = reached(request, "write"), await body(request)
    message, tree, parents = said.get("message"), said.get("tree"), said.get("parents", [])
    if not isinstance(message, str) or not isinstance(tree, str):
        raise invalid("Commit", "message" if not isinstance(message, str) else "tree")
    if tree not in found.git.trees:
        raise Refusal(422, "Tree SHA does not exist")
    if not all(parent in found.git.commits or is_main(found, parent) for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    author = who(request, said.get("author"))
    made = found.git.add_commit(
        tree, parents, message, author, who(request, said.get("committer") or said.get("author"))
    )
    return answer(commit(request, found, made), 201)


def who(request: web.Request, said: Any) -> Who:
    """Return who wrote a commit: who is named, or whoever asks, now."""
    here = state(request)
    asks = caller(request).account
    at = here.world.clock.now()
    if isinstance(said, dict):
        when = datetime.fromisoformat(said["date"]).astimezone(UTC) if said.get("date") else at
        return Who(str(said["name"]), str(said["email"]), when)
    login = asks.rest_login if asks is not None else "ghost"
    number = asks.id if asks is not None else 0
    return Who(login, f"{number}+{login}@users.noreply.github.com", at)


def commit(request: web.Request, found: Repository, made: GitCommit) -> dict[str, Any]:
    """Return a commit as git knows it."""
    web_base = f"{state(request).base}/{found.full_name}/commit"
    return {
        "sha": made.sha, "node_id": f"C_{made.sha}", "url": here_is(request, found, f"commits/{made.sha}"),
        "html_url": f"{web_base}/{made.sha}", "message": made.message,
        "author": {"name": made.author.name, "email": made.author.email, "date": iso(made.author.at)},
        "committer": {"name": made.committer.name, "email": made.committer.email, "date": iso(made.committer.at)},
        "tree": {"sha": made.tree, "url": here_is(request, found, f"trees/{made.tree}")},
        "parents": [
            {"sha": sha, "url": here_is(request, found, f"commits/{sha}"), "html_url": f"{web_base}/{sha}"}
            for sha in made.parents
        ],
        "verification": {
            "verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None,
        },
    }  # fmt: skip


def is_main(found: Repository, sha: str) -> bool:
    """Tell whether a commit is one of the default branch."""
    return any(one.sha == sha for one in found.commits)


def leads_to(found: Repository, name: str) -> str | None:
    """Return the commit that a branch leads to."""
    if name == found.default_branch and found.commits:
        return found.commits[-1].sha
    return found.git.branches.get(name)


async def get_ref(request: web.Request) -> web.Response:
    """`GET …/git/ref/{ref}`: a branch by its whole name; tags are not kept here."""
    found, ref = reached(request, "read"), request.match_info["ref"]
    sha = leads_to(found, ref.removeprefix("heads/")) if ref.startswith("heads/") else None
    if sha is None:
        raise not_found()
    return answer(shown(request, found, f"refs/{ref}", sha))


def shown(request: web.Request, found: Repository, ref: str, sha: str) -> dict[str, Any]:
    """Return a ref as the API does."""
    target = {"type": "commit", "sha": sha, "url": here_is(request, found, f"commits/{sha}")}
    return {"ref": ref, "node_id": node_id("REF", found.id), "url": here_is(request, found, ref), "object": target}


async def make_ref(request: web.Request) -> web.Response:
    """`POST …/git/refs`: a branch that is not there yet."""
    found, said = reached(request, "write"), await body(request)
    ref, sha = said.get("ref"), said.get("sha")
    if not isinstance(ref, str) or not ref.startswith(HEADS) or ref == HEADS:
        raise Refusal(422, f"{ref} is not a valid ref name.")
    must_be(found, sha)
    if leads_to(found, ref.removeprefix(HEADS)) is not None:
        raise Refusal(422, "Reference already exists")
    lead(request, found, ref, NO_COMMIT, str(sha))
    return answer(shown(request, found, ref, str(sha)), 201, {"Location": here_is(request, found, ref)})


async def move_ref(request: web.Request) -> web.Response:
    """`PATCH …/git/refs/{ref}`: to a commit that follows the one it leads to, or to any with `force`."""
    found, said = reached(request, "write"), await body(request)
    ref, sha = f"refs/{request.match_info['ref']}", said.get("sha")
    before = found.git.branches.get(ref.removeprefix(HEADS))
    if before is None:
        raise Refusal(422, "Reference does not exist")
    must_be(found, sha)
    if said.get("force") is not True and not found.git.follows(str(sha), before):
        raise Refusal(422, "Update is not a fast forward")
    lead(request, found, ref, before, str(sha))
    return answer(shown(request, found, ref, str(sha)))


def must_be(found: Repository, sha: object) -> None:
    """Refuse what is no commit here."""
    if not isinstance(sha, str) or not SHA.fullmatch(sha):
        raise Refusal(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    if sha not in found.git.commits and not is_main(found, sha):
        raise Refusal(422, "Object does not exist")


def lead(request: web.Request, found: Repository, ref: str, before: str, after: str) -> None:
    """Have a branch lead to a commit, and tell the App, as of every push."""
    here, pusher = state(request), caller(request).account
    found.git.branches[ref.removeprefix(HEADS)] = after
    if before == after:
        return
    name = "ghost" if pusher is None else pusher.rest_login
    said = {
        "ref": ref, "before": before, "after": after, "created": before == NO_COMMIT, "deleted": False, "forced": False,
        "base_ref": None, "compare": f"{here.base}/{found.full_name}/compare/{before}...{after}", "commits": [],
        "head_commit": None, "pusher": {"name": name},
    }  # fmt: skip
    here.hooks.send("push", said, found, pusher)


ROUTES = (
    Route("POST", REPOSITORY + "/git/blobs", make_blob),
    Route("POST", REPOSITORY + "/git/trees", make_tree),
    Route("POST", REPOSITORY + "/git/commits", make_commit),
    Route("GET", REPOSITORY + "/git/ref/{ref:.+}", get_ref),
    Route("POST", REPOSITORY + "/git/refs", make_ref),
    Route("PATCH", REPOSITORY + "/git/refs/{ref:.+}", move_ref),
)
