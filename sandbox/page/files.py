"""Files of a commit, as people look at them: `…/blob/<sha>/x.png?raw=true` leads to the bytes themselves."""

from __future__ import annotations

import mimetypes

from aiohttp import web

from sandbox.world import World

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
           "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=300"}  # fmt: skip


class Files:
    """Handlers of the two addresses; like the pages they show everybody everything."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def blob(self, request: web.Request) -> web.Response:
        """Lead on to the file itself; a page around it is not built here."""
        self.data(request)
        if request.query.get("raw") not in ("true", "1"):
            raise web.HTTPNotFound(text="Only the files themselves are shown here: add ?raw=true.")
        info = request.match_info
        raise web.HTTPFound(f"/{info['owner']}/{info['name']}/raw/{info['sha']}/{info['path']}")

    async def raw(self, request: web.Request) -> web.Response:
        """Show the file."""
        kind, _ = mimetypes.guess_type(request.match_info["path"])
        shown = kind if kind and kind.startswith("image/") else "text/plain"
        return web.Response(body=self.data(request), content_type=shown, headers=HEADERS)

    def data(self, request: web.Request) -> bytes:
        info = request.match_info
        full_name = f"{info['owner']}/{info['name']}"
        found = self.world.repository(full_name) or self.world.renamed(full_name)
        data = None if found is None else found.git.file_at(info["sha"], info["path"])
        if data is None:
            raise web.HTTPNotFound(text=f"There is no {info['path']} in {info['sha']} of {full_name}.")
        return data
