"""The clock of a machine that stands wrong, while GitHub's is right: what `CLOCK_URL` of a server may point to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web

from sandbox.clock import Clock


class WrongClock:
    """Shows `right`, and `ahead` of that; `url` is where."""

    def __init__(self, right: Clock) -> None:
        self.right = right
        self.ahead = timedelta(0)
        self.url = ""

    async def show(self, _request: web.Request) -> web.Response:
        return web.json_response({"now": (self.right.now() + self.ahead).isoformat()})

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Within it the address answers."""
        app = web.Application()
        app.router.add_get("/", self.show)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield
        finally:
            await runner.cleanup()
