"""An answer as it is sent: its bytes, what tells a changed one, and where the next page is."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from dashboard.api.operations import Asking, Reply
from dashboard.api.problems import ProblemError

MOST_BYTES = 8 * 1024 * 1024
TOO_LARGE = "This answer is larger than 8 MB. Please ask for a shorter period, or for its tables one by one."
KEPT = "private, max-age=60"
VARY = "Authorization, Cookie"
CSV = "text/csv; charset=utf-8"


async def sent(asking: Asking, reply: Reply) -> web.Response:
    """Return the response: 304 without a body where the caller has these very bytes already."""
    body = reply.body
    if not isinstance(body, bytes):
        body = await asyncio.to_thread(msgspec.json.encode, body)  # megabytes would hold up everybody else
    if len(body) > MOST_BYTES:
        raise ProblemError(422, TOO_LARGE)
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": KEPT, "Vary": VARY}
    if reply.following is not None:
        headers["Link"] = f'<{following(asking, reply.following)}>; rel="next"'
    if is_known(asking.request, tag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = reply.media_type
    if reply.file_name:
        headers["Content-Disposition"] = f'attachment; filename="{reply.file_name}"'
    return web.Response(body=body, headers=headers)


def etag(body: bytes) -> str:
    """Return what stands for exactly these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_known(request: web.Request, tag: str) -> bool:
    """Tell whether the caller says to have this answer (RFC 9110, 13.1.2: compared weakly)."""
    said = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in said or "*" in said


def following(asking: Asking, cursor: str) -> str:
    """Return the address of the next page."""
    asked = [(name, value) for name, value in asking.request.query.items() if name != "cursor"]
    query = urlencode([*asked, ("cursor", cursor)])
    return f"{asking.front.site.address(asking.request.rel_url.raw_path)}?{query}"
