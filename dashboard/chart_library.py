"""The library that draws charts in a browser, as pages refer to it: put together behind the first page that has one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from dashboard.front import Front

MAKING: set[asyncio.Task[Any]] = set()


def library(front: Front) -> str | None:
    """Return the library's address; None while it is being made, or where it cannot be: pictures stand for charts."""
    charts = front.charts
    if charts is None:
        return None
    if charts.address is None and not charts.failed and not charts.making.locked():
        task = asyncio.create_task(charts.make())
        MAKING.add(task)  # the loop itself holds tasks by weak references only
        task.add_done_callback(MAKING.discard)
    return charts.address


async def stop() -> None:
    """Wait until what is being made is there: a few seconds, once per version of the library."""
    await asyncio.gather(*MAKING, return_exceptions=True)


async def serve(front: Front, request: web.Request) -> web.StreamResponse:
    """Answer with the library."""
    if front.charts is None:
        raise web.HTTPNotFound(text="There is no such file.")
    return await front.charts.serve(request)
