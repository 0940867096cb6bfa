"""What every answer of the server has in its head, and what it has not."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.serving import runner_of
from tests.stories.town import listener


async def fine(_request: web.Request) -> web.Response:
    return web.Response(text="fine")


async def refused(_request: web.Request) -> web.Response:
    raise web.HTTPNotFound


@pytest.mark.parametrize(
    ("public_url", "strict"),
    [("https://almanac.example.com", "max-age=31536000"), ("http://127.0.0.1:8080", None), (None, None)],
)
async def test_no_answer_says_what_the_server_is_made_of_and_below_https_each_asks_for_https(
    public_url: str | None, strict: str | None
) -> None:
    app = web.Application()
    app.router.add_get("/fine", fine)
    app.router.add_get("/refused", refused)
    runner = runner_of(app, public_url)
    with listener() as listening:
        await runner.setup()
        await web.SockSite(runner, listening).start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with aiohttp.ClientSession() as session:
            for path, status in (("/fine", 200), ("/refused", 404), ("/nothing", 404)):
                async with session.get(base + path) as response:
                    assert response.status == status
                    assert "Server" not in response.headers
                    assert response.headers.get("Strict-Transport-Security") == strict
        await runner.cleanup()


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (b"100-continue", b"HTTP/1.1 100 Continue"),
        (b"100-Continue", b"HTTP/1.1 100 Continue"),
        (b"something else", b"HTTP/1.1 417 Expectation Failed"),
        (b"100-continue\xff\xfe", b"HTTP/1.1 417 Expectation Failed"),
    ],
)
async def test_what_a_request_expects_is_answered_and_not_repeated(expected: bytes, answer: bytes) -> None:
    app = web.Application()
    app.router.add_post("/fine", fine)
    runner = runner_of(app)
    with listener() as listening:
        await runner.setup()
        await web.SockSite(runner, listening).start()
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(b"POST /fine HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\nExpect: " + expected + b"\r\n\r\n")
        async with asyncio.timeout(5):
            assert (await reader.readline()).rstrip() == answer
        writer.write(b"{}")
        writer.close()
        await runner.cleanup()
