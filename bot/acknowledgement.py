"""The 202 that nearly every delivery gets: the same bytes each time, so it is made once a second.

aiohttp builds a response's headers in Python for each request, a tenth of what a delivery costs in all. Whatever is not
that one answer (an old HTTP version, a connection that is to be closed, a refusal) is an ordinary `web.Response`.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from aiohttp import HttpVersion11, web

TEXT = b"accepted"


class Acknowledgement(web.StreamResponse):
    """An answer whose bytes, head and all, are known; it keeps the connection open.

    It holds nothing of a request, so one serves as many as there are.
    """

    def __init__(self, whole: bytes) -> None:
        super().__init__(status=202)
        self.whole = whole

    @property
    def keep_alive(self) -> bool:
        """Tell aiohttp that the connection stays open: only for such a request is this answer made."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send everything; a peer that has left meanwhile gets nothing, and its delivery is kept all the same."""
        if request.transport is not None:
            request.transport.write(self.whole)

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: `prepare` has sent all there is."""


class Acknowledgements:
    """Finds the answer for each accepted delivery: `answer(request, now)`."""

    def __init__(self) -> None:
        self.second: datetime | None = None
        self.current = Acknowledgement(b"")

    def answer(self, request: web.BaseRequest, now: datetime) -> web.StreamResponse:
        """Return a 202 for this request; `now` (aware UTC) is its Date."""
        if not request.keep_alive or request.version != HttpVersion11:
            return web.Response(status=202, body=TEXT, content_type="text/plain")
        second = now.replace(microsecond=0)
        if second != self.second:
            self.second, self.current = second, Acknowledgement(whole(second))
        return self.current


def whole(second: datetime) -> bytes:
    """Return the answer as it goes over the line."""
    head = (
        "HTTP/1.1 202 Accepted",
        "Content-Type: text/plain",
        f"Content-Length: {len(TEXT)}",
        f"Date: {format_datetime(second, usegmt=True)}",
    )
    return "\r\n".join([*head, "", ""]).encode() + TEXT
