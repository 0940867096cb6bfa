"""Requests that no address takes: 404, or 405 with what would be right; a page for people, a line for programs."""

from __future__ import annotations

from aiohttp import web

from bot.browsing import BROWSING, loaded

ANYTHING, NAME = "/{path:.*}", "nowhere"
NOTHING, NOT_SO = "There is nothing at this address.\n", "There is something at this address, but not for {}.\n"


async def nowhere(request: web.Request) -> web.StreamResponse:
    """Answer what nothing else answers. Only for a browser is the dashboard loaded: strangers try thousands."""
    allowed = await methods_at(request)
    status = 405 if allowed else 404
    if "text/html" in request.headers.get("Accept", "") and request.method in ("GET", "HEAD"):
        front = await request.app[BROWSING].front()
        page = await loaded("dashboard.pages.nothing")
        answer: web.StreamResponse = await front.open(request, lambda asked: page.show(front, asked, status))
    else:
        answer = web.Response(status=status, text=NOT_SO.format(request.method) if allowed else NOTHING)
        answer.headers["X-Content-Type-Options"] = "nosniff"
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


async def methods_at(request: web.Request) -> set[str]:
    """Return the methods that the other addresses of this path take; none where there is no other."""
    allowed: set[str] = set()
    for resource in request.app.router.resources():
        if resource.name != NAME:
            allowed |= (await resource.resolve(request))[1]
    return allowed
