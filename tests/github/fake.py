"""A scripted GitHub on loopback: it answers what a test tells it to and remembers what it heard."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import msgspec
from aiohttp import web


class Clock:
    """A time that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 8, tzinfo=UTC)
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += timedelta(seconds=seconds)

    @property
    def waited(self) -> float:
        return sum(self.sleeps)


@dataclass(frozen=True)
class Says:
    """An ordinary answer."""

    content: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Drops:
    """The connection breaks before anything is answered."""


class CutsOff:
    """The answer's body ends in the middle, and so does the connection."""


class Hangs:
    """No answer comes while the test runs."""


@dataclass(frozen=True)
class Heard:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: Any


Answer = Says | Drops | CutsOff | Hangs
Script = Answer | Callable[[Heard], Answer]


class FakeGitHub:
    """`on(method, path, first, second, …)`: the last answer is given for every further request.

    `everything` answers what no script is for.
    """

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.everything: Script = Says({"message": "Not Found"}, 404)
        self._scripts: dict[tuple[str, str], list[Script]] = defaultdict(list)
        self._over = asyncio.Event()

    def on(self, method: str, path: str, *answers: Script) -> None:
        self._scripts[method, path] = list(answers)

    def calls(self, method: str, path: str) -> list[Heard]:
        return [one for one in self.heard if (one.method, one.path) == (method, path)]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        heard = Heard(
            request.method,
            request.raw_path.partition("?")[0],
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            msgspec.json.decode(body) if body else None,
        )
        self.heard.append(heard)
        scripts = self._scripts.get((heard.method, heard.path), [self.everything])
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        answer = script(heard) if callable(script) else script
        if isinstance(answer, Hangs):
            await self._over.wait()
            return web.Response()
        if isinstance(answer, CutsOff):
            response = web.StreamResponse(headers={"content-length": "1000", "content-type": "application/json"})
            await response.prepare(request)
            await response.write(b'[{"id": 1')
            assert request.transport is not None
            request.transport.close()
            return response
        if isinstance(answer, Drops):
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        content = answer.content if isinstance(answer.content, bytes) else msgspec.json.encode(answer.content)
        return web.Response(
            status=answer.status,
            body=content if answer.status not in (204, 304) else None,
            headers={"content-type": "application/json; charset=utf-8", **answer.headers},
        )
