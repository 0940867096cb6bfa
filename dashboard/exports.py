"""GET /exports/<address>: the numbers of an answer as a file, for a day, for whoever knows its unguessable address."""

from __future__ import annotations

import asyncio
import importlib
import re

from aiohttp import web

from reports.services import Services

PATH = "/exports/{address}"
ADDRESS = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits in URL-safe base64
AT_ONCE = 1
"""Files that are made at once: answers in threads share the same two workers."""
MOST_WAITING = 4
AGAIN_AFTER = 10  # seconds
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Exports:
    """Makes files while somebody waits; what is not there, and what is not there any more, is the same to them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.turn = asyncio.Semaphore(AT_ONCE)
        self.waiting = 0

    async def get(self, request: web.Request) -> web.Response:
        """Answer 200 with the file, 404, or 503 where too many are asked for at once."""
        address = request.match_info["address"]
        if not ADDRESS.fullmatch(address):
            raise web.HTTPNotFound(headers=HEADERS)
        if self.waiting >= AT_ONCE + MOST_WAITING:
            raise web.HTTPServiceUnavailable(headers={**HEADERS, "Retry-After": str(AGAIN_AFTER)})
        self.waiting += 1
        try:
            async with self.turn:
                # imported when first needed: an idle server does not carry what makes files
                module = await asyncio.to_thread(importlib.import_module, "reports.export_served")
                found = await module.served(self.services, address)
        finally:
            self.waiting -= 1
        if found is None:
            raise web.HTTPNotFound(headers=HEADERS)
        headers = {
            **HEADERS,
            "Content-Type": found.media_type,
            "Content-Disposition": f'attachment; filename="{found.name}"',
        }
        return web.Response(body=found.data, headers=headers)
