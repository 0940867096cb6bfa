"""Connections on which nothing comes, or a request's head byte by byte: each would be held for an hour."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

HEAD_WITHIN = 30.0  # seconds from connecting until the first request's head has come; proxies send it at once
IDLE = 620.0  # seconds between two requests: longer than load balancers keep a connection, so that they close it


class Hurried(RequestHandler):
    """aiohttp's side of a connection, closed unless its first request comes in time."""

    __slots__ = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._keepalive_handle is not None:
            self._keepalive_handle.cancel()
        # aiohttp looks then whether a request has come, and gives every further one the time of `keepalive_timeout`
        self._next_keepalive_close_time = self._loop.time() + HEAD_WITHIN
        self._keepalive_handle = self._loop.call_at(self._next_keepalive_close_time, self._process_keepalive)


class HurriedServer(web.Server):
    """Makes those."""

    def __call__(self) -> Hurried:
        return Hurried(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Serves an application to whoever sends something; `options` are those of `aiohttp.web.AppRunner`."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, keepalive_timeout=IDLE, **options)

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = HurriedServer
        return server
