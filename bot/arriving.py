"""The bodies of webhooks on their way in, of which a stranger makes as many, as large and as slow as they like.

A signature can only be checked over a whole body, so what arrives is held unchecked: within GitHub's own patience, and
of all bodies together no more than so many bytes.
"""

from __future__ import annotations

import asyncio
import re

from aiohttp import web

MAX_DELIVERY = 25 * 1024**2  # GitHub's cap on a webhook payload
WITHIN = 10.0  # seconds after which GitHub waits for no answer any more: what takes longer is not GitHub's
MOST_AT_ONCE = 8 * MAX_DELIVERY  # bytes
SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


def may_be_signed(header: str | None) -> bool:
    """Tell whether a header looks like a signature at all: of what does not, no body is waited for."""
    return header is not None and SIGNATURE.fullmatch(header) is not None


class Arriving:
    """Reads bodies; `held` counts the bytes of those that have not arrived whole."""

    def __init__(self, within: float = WITHIN, most: int = MOST_AT_ONCE) -> None:
        self.within = within
        self.most = most
        self.held = 0

    async def body_of(self, request: web.Request) -> bytes:
        """Return the body; most have arrived whole, and are neither waited for nor copied.

        Raises 413 for more than `MAX_DELIVERY` bytes, 408 for a body that takes too long, and 503 while too much is on
        its way.
        """
        size = request.content_length or 0
        if size > MAX_DELIVERY:
            raise web.HTTPRequestEntityTooLarge(MAX_DELIVERY, size)
        content = request.content
        body = content.read_nowait()
        if content.at_eof() and len(body) <= MAX_DELIVERY:
            return body
        try:
            async with asyncio.timeout(self.within):
                return await self.rest(request, body)
        except TimeoutError:
            raise closing(web.HTTPRequestTimeout(text="the body took too long to arrive\n")) from None

    async def rest(self, request: web.Request, body: bytes) -> bytes:
        """Return a body of which a part is here already."""
        parts, size = [body], len(body)
        self.held += size
        try:
            while size <= MAX_DELIVERY and (part := await request.content.readany()):
                parts.append(part)
                size += len(part)
                self.held += len(part)
                if self.held > self.most:
                    said = "too much is on its way at once; ask GitHub to deliver it again later\n"
                    raise closing(web.HTTPServiceUnavailable(text=said))
        finally:
            self.held -= size
        if size > MAX_DELIVERY:
            raise web.HTTPRequestEntityTooLarge(MAX_DELIVERY, size)
        return b"".join(parts)


def closing(refusal: web.HTTPException) -> web.HTTPException:
    """Return a refusal after which nothing more is read from the connection."""
    refusal.force_close()
    return refusal
