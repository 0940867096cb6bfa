"""Style sheets and scripts of ours: each at an address with its content's hash, so that browsers keep it for good."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from dashboard.front import Front

HERE = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"
WORTH_PACKING = 1000  # bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent. packed: by gzip."""

    media_type: str
    digest: str
    data: bytes = field(repr=False)
    packed: bytes = field(repr=False)


@cache
def file(name: str) -> File | None:
    """Return a file of the `static` folder, None for any other name."""
    path = HERE / name
    media_type = TYPES.get(path.suffix)
    # a name is one segment of letters, digits, dots and lines: it cannot lead out of the folder
    if media_type is None or path.parent != HERE or not path.is_file():
        return None
    data = path.read_bytes()
    return File(media_type, hashlib.sha256(data).hexdigest()[:16], data, gzip.compress(data, 9, mtime=0))


def address(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    found = file(name)
    assert found is not None, f"{name} is a file of ours"
    return f"/static/{name}?v={found.digest}"


async def serve(_front: Front, request: web.Request) -> web.StreamResponse:
    """Answer with a file."""
    found = file(request.match_info["file"])
    if found is None:
        raise web.HTTPNotFound(text="There is no such file.")
    return sent(request, found)


def sent(request: web.Request, found: File) -> web.Response:
    """Return a file as this browser takes it; without the hash in its address nobody keeps it for long."""
    tag = f'"{found.digest}"'
    current = request.query.get("v") == found.digest
    headers = {"ETag": tag, "Vary": "Accept-Encoding", "Cache-Control": FOR_GOOD if current else "no-cache"}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body = found.data
    if len(body) >= WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = found.packed, "gzip"
    return web.Response(body=body, headers=headers, content_type=found.media_type, charset="utf-8")
