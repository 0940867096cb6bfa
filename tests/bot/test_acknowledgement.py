"""The ready-made 202 is an HTTP answer like any other, for whoever asks in whatever way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.acknowledgement import Acknowledgements

NOW = datetime(2026, 11, 22, 8, 0, 0, 250_000, tzinfo=UTC)
HALF_A_SECOND = timedelta(milliseconds=500)


@asynccontextmanager
async def serving(step: timedelta = timedelta(0)) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Serve the answer to every request, the clock going on by `step` each time; yield one connection."""
    acknowledgements, times = Acknowledgements(), iter(range(10))

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        return acknowledgements.answer(request, NOW + next(times) * step)

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        try:
            yield reader, writer
        finally:
            writer.close()


def post(version: str = "1.1", *lines: str) -> bytes:
    return "\r\n".join([f"POST / HTTP/{version}", "Host: here", "Content-Length: 2", *lines, "", "{}"]).encode()


async def read_answer(reader: asyncio.StreamReader) -> tuple[list[str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    (length,) = (int(line.split(": ")[1]) for line in head if line.lower().startswith("content-length"))
    return head, await reader.readexactly(length)


async def test_several_deliveries_come_over_one_connection() -> None:
    async with serving() as (reader, writer):
        writer.write(post() * 3)
        for _ in range(3):
            head, body = await read_answer(reader)
            assert head[0] == "HTTP/1.1 202 Accepted"
            assert "Date: Sun, 22 Nov 2026 08:00:00 GMT" in head
            assert body == b"accepted"


async def test_its_date_goes_with_the_clock() -> None:
    async with serving(step=HALF_A_SECOND) as (reader, writer):
        writer.write(post() * 3)
        dates = [next(line for line in (await read_answer(reader))[0] if line.startswith("Date")) for _ in range(3)]
    assert dates == [f"Date: Sun, 22 Nov 2026 08:00:0{second} GMT" for second in (0, 0, 1)]


@pytest.mark.parametrize("request_", [post("1.1", "Connection: close"), post("1.0")], ids=["close", "1.0"])
async def test_who_wants_the_connection_closed_finds_it_closed(request_: bytes) -> None:
    async with serving() as (reader, writer):
        writer.write(request_)
        async with asyncio.timeout(5):
            whole = await reader.read()  # to the end, which comes only with the connection's
    assert b" 202 Accepted\r\n" in whole
    assert whole.endswith(b"accepted")
