"""Files of the default branch."""

from __future__ import annotations

import base64
import hashlib

from aiohttp import web

from sandbox.callers import LEVELS
from sandbox.errors import not_found
from sandbox.rest.routing import REPOSITORY, Route, answer, caller, guard, repository
from sandbox.state import state

SINGLE_FILES = frozenset({".github/analytics.yml"})


async def get_contents(request: web.Request) -> web.Response:
    """`GET …/contents/{path}`: a file's text in base64; 404 where there is none.

    `single_file` is enough for the one file the App's registration names.
    """
    path = request.match_info["path"].strip("/")
    permissions = caller(request).permissions or {}
    if path in SINGLE_FILES and LEVELS.get(permissions.get("single_file", ""), 0):
        found = repository(request)
    else:
        found = guard(request, "contents:read")
    text = found.files.get(path)
    if text is None or request.query.get("ref", found.default_branch) != found.default_branch:
        raise not_found()
    raw = text.encode()
    sha = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    base = state(request).base
    url = f"{base}/repos/{found.full_name}/contents/{path}?ref={found.default_branch}"
    html_url = f"{base}/{found.full_name}/blob/{found.default_branch}/{path}"
    git_url = f"{base}/repos/{found.full_name}/git/blobs/{sha}"
    if "raw" in request.headers.get("Accept", ""):
        return web.Response(body=raw, content_type="application/vnd.github.raw+json", charset="utf-8")
    return answer({
        "name": path.rsplit("/", 1)[-1], "path": path, "sha": sha, "size": len(raw), "url": url,
        "html_url": html_url, "git_url": git_url, "download_url": None, "type": "file",
        "content": base64.encodebytes(raw).decode(), "encoding": "base64",
        "_links": {"self": url, "git": git_url, "html": html_url},
    })  # fmt: skip


ROUTES = (Route("GET", REPOSITORY + "/contents/{path:.+}", get_contents),)
