"""GET /pictures/<address>.png: a picture of an answer, for whoever knows its unguessable address; it never changes."""

from __future__ import annotations

import asyncio
import importlib
import re
from typing import Any

import structlog
from aiohttp import web

from dashboard.whole_png import is_whole
from storage.engine import Store

PATH = "/pictures/{file}"
TABLE = "storage.pictures"
FILE = re.compile(r"(?P<address>[A-Za-z0-9_-]{43})\.png")  # 256 bits in URL-safe base64
DAMAGED = "this picture is damaged where it is stored; a new one is drawn for whoever asks again\n"
FOR_EVER = "public, max-age=31536000, immutable"

log = structlog.get_logger(__name__)


class Pictures:
    """Serves stored pictures without a login: GitHub's image proxy has none."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.table: Any = None

    async def get(self, request: web.Request) -> web.Response:
        """Answer 200 with the PNG, or 404: also for one that is damaged, which nobody may keep for a year."""
        wanted = FILE.fullmatch(request.match_info["file"])
        if wanted is None:
            raise web.HTTPNotFound
        address = wanted["address"]
        # imported when first needed: an idle server does not carry the tables of answers
        if self.table is None:  # not by `sys.modules`, which has a module while it is still being imported
            self.table = await asyncio.to_thread(importlib.import_module, TABLE)
        pictures = self.table
        found = await self.store.read(lambda connection: pictures.picture(connection, address))
        if found is None:
            raise web.HTTPNotFound
        if not is_whole(found.data):
            log.error("a stored picture is damaged", answer=found.answer_key, position=found.position)
            raise web.HTTPNotFound(text=DAMAGED)
        headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff", "ETag": f'"{address}"'}
        return web.Response(body=found.data, content_type=found.media_type, headers=headers)
