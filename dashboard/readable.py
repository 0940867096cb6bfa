"""What no text has is refused before anything is looked for: PostgreSQL takes no NUL, and no name of ours has one."""

from __future__ import annotations

import re

from aiohttp import web

NO_TEXT = "The address says something that is no text: there is a NUL in it."
NAME = re.compile(r"[A-Za-z0-9._-]+")


def check_query(request: web.Request) -> None:
    """Raise 422 where what an address asks is no text."""
    if "\0" in request.query_string:
        raise web.HTTPUnprocessableEntity(text=NO_TEXT)


def is_name(text: str) -> bool:
    """Tell whether an account or a repository can be called so at GitHub."""
    return NAME.fullmatch(text) is not None
