"""Who connects and sends nothing, or a head byte by byte, is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot import slow_clients
from bot.serving import runner_of

REQUEST = b"GET / HTTP/1.1\r\nHost: almanac.example\r\n\r\n"


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Where a server listens that is as impatient as a test."""
    monkeypatch.setattr(slow_clients, "HEAD_WITHIN", 0.3)
    app = web.Application()
    app.router.add_get("/", hello)
    runner = runner_of(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def dripped(port: int, data: bytes) -> bytes:
    """Send a byte now and then; return what was answered before the server closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def drip() -> None:
        for place in range(len(data)):
            writer.write(data[place : place + 1])
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        dripping.cancel()
        writer.close()


@pytest.mark.parametrize("data", [b"", REQUEST[:-2] + b"X-Slow: " + b"a" * 1000], ids=["nothing", "byte by byte"])
async def test_a_request_that_does_not_come_is_not_waited_for(port: int, data: bytes) -> None:
    assert await dripped(port, data) == b""


async def test_whoever_has_asked_may_ask_again_later(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(REQUEST)
        async with asyncio.timeout(10):
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 OK")
        await asyncio.sleep(0.5)
    writer.close()
