"""Server-sent events: what a page shows while it changes, until it is over, the reader leaves, or may see it no more.

Bounded per person; each stream ends by itself when the server stops, and the browser comes back to the next one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from dashboard.headers import secure

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OF_ONE = 4
"""Streams of one person: browsers themselves open no more than six to one server."""
EVERY = 1.0  # seconds between two looks
HEARTBEAT = 15.0  # seconds: what lies between would take a silent connection for a dead one
LONGEST = 600.0  # seconds: a browser that was forgotten asks anew, and is asked who it is
AGAIN = 3000  # milliseconds until a browser whose stream has ended comes back
TOO_MANY = "You are looking at this in too many windows at once."


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell just now. name: of the event · data: as JSON · over: nothing will follow."""

    name: str
    data: object
    over: bool = False


Look = Callable[[], Awaitable[News]]


class Streams:
    """Holds the streams that are open."""

    def __init__(self) -> None:
        self.of_person: Counter[int] = Counter()
        self.closing = asyncio.Event()

    def close(self) -> None:
        """End every stream, and begin no new one."""
        self.closing.set()

    async def serve(self, request: web.Request, person_id: int, look: Look) -> web.StreamResponse:
        """Send what `look()` returns whenever it has changed, until it is over.

        look() decides each time whether the reader may still see it, and raises web.HTTPException where not: the first
        time that is the answer, later the stream ends with an event `gone`. Raises 429 for too many at once.
        """
        with self.counted(person_id):
            news = await look()
            response = web.StreamResponse(
                headers={
                    "Content-Type": "text/event-stream; charset=utf-8",
                    "Cache-Control": "no-store",
                    "X-Accel-Buffering": "no",  # what proxies are told: to pass each event on at once
                }
            )
            secure(response)
            await response.prepare(request)
            # whoever closed the window is told nothing more
            with suppress(ConnectionError):
                await response.write(f"retry: {AGAIN}\n\n".encode())
                await self.go_on(request, response, news, look)
            return response

    @contextmanager
    def counted(self, person_id: int) -> Iterator[None]:
        """Count a stream of a person while it lasts; raises 429."""
        if self.of_person[person_id] >= MOST_OF_ONE or self.closing.is_set():
            raise web.HTTPTooManyRequests(text=TOO_MANY, headers={"Retry-After": "10"})
        self.of_person[person_id] += 1
        try:
            yield
        finally:
            self.of_person[person_id] -= 1
            if not self.of_person[person_id]:
                del self.of_person[person_id]

    async def go_on(self, request: web.Request, response: web.StreamResponse, news: News, look: Look) -> None:
        """Send events until there is nothing more to tell, or nobody to tell it to."""
        loop = asyncio.get_running_loop()
        begun = said_at = loop.time()
        await response.write(event(news))
        while not news.over and loop.time() - begun < LONGEST:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), EVERY)
            # a window that was closed is noticed here, not at the next heartbeat: it would count until then
            if self.closing.is_set() or request.transport is None or request.transport.is_closing():
                return
            try:
                newer = await look()
            except web.HTTPException:
                await response.write(event(News("gone", {})))
                return
            if newer != news:
                await response.write(event(newer))
                said_at = loop.time()
            elif loop.time() - said_at >= HEARTBEAT:
                await response.write(b": still here\n\n")
                said_at = loop.time()
            news = newer


def event(news: News) -> bytes:
    """Return an event as it is sent; JSON has no line ends that would end it early."""
    return b"event: " + news.name.encode() + b"\ndata: " + msgspec.json.encode(news.data) + b"\n\n"
