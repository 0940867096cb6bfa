"""An answer that never ends, or swells when it is inflated, takes no more memory than the largest that is meant."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from github import wire
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Later
from tests.github.fake import Clock

BOUND = 2**20
BOMB = gzip.compress(bytes(200 * BOUND))


class Hostile:
    """Answers with a bomb, or with a body of a size."""

    def __init__(self) -> None:
        self.asked = 0
        self.size: int | None = None

    async def answer(self, _request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if self.size is not None:
            return web.Response(
                body=b'"%s"' % bytes(self.size - 2).replace(b"\0", b"a"), content_type="application/json"
            )
        return web.Response(body=BOMB, headers={"Content-Encoding": "gzip"}, content_type="application/json")


@pytest.fixture
async def hostile(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Hostile, GitHub]]:
    monkeypatch.setattr(wire, "LARGEST", BOUND)
    found, app = Hostile(), web.Application()
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoints = Endpoints.of(f"http://127.0.0.1:{runner.addresses[0][1]}")
    async with aiohttp.ClientSession() as session:
        yield found, GitHub.for_token(session, "ghp_mine", endpoints, clock.now, clock.sleep, jitter=lambda: 0.0)
    await runner.cleanup()


async def test_an_answer_that_swells_is_cut_off(hostile: tuple[Hostile, GitHub]) -> None:
    """200 MiB of zeros are 200 kB on the way; it is asked for again a few times, as for any answer that breaks off."""
    found, gh = hostile
    assert len(BOMB) < BOUND
    with pytest.raises(Later, match="of more than 1 MiB"):
        await gh.get("/x")
    assert 1 < found.asked < 10


async def test_one_as_large_as_may_be_is_read(hostile: tuple[Hostile, GitHub]) -> None:
    found, gh = hostile
    found.size = BOUND
    assert len(await gh.get("/x")) == BOUND - 2
