"""The pages' own styles, scripts and drawings, sent from memory: a browser that leaves early leaves no file open."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def files() -> dict[str, bytes]:
    """Return every file by its name."""
    return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in TYPES}


async def static_file(request: web.Request) -> web.Response:
    """Answer with a file, or 404."""
    name = request.match_info["file"]
    if name not in files():
        raise web.HTTPNotFound
    return web.Response(body=files()[name], content_type=TYPES[Path(name).suffix], charset="utf-8")
