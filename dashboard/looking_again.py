"""A page of something that goes on: browsers without scripts load it again by themselves until it is over."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web

EVERY = "3"  # seconds
WATCHED = "watched"
"""What the address says where a script is told how far it is: a page that is told need not be loaded again."""
R = TypeVar("R", bound=web.StreamResponse)


def looking_again(request: web.Request, page: R) -> R:
    """Return a page that is loaded again, unless a script watches."""
    if WATCHED not in request.query:
        page.headers["Refresh"] = EVERY
    return page
