"""Whoever sends slowly, without end or from everywhere at once does not hold the server's memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.arriving import MAX_DELIVERY, Arriving, may_be_signed

SIGNATURE = "sha256=" + "0" * 64


@dataclass
class Sender:
    """Somebody with a connection of their own."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def head(self, size: int) -> None:
        self.writer.write(f"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: {size}\r\n\r\n".encode())

    async def status(self) -> int:
        async with asyncio.timeout(5):
            return int((await self.reader.readline()).split()[1])

    async def will_be_closed(self) -> bool:
        """Tell whether the answer says that nothing more is taken here; it is thrown away for some seconds."""
        async with asyncio.timeout(5):
            return b"Connection: close\r\n" in await self.reader.readuntil(b"\r\n\r\n")


@dataclass
class Door:
    """What takes bodies in and says how long they are."""

    arriving: Arriving
    server: BaseTestServer
    senders: list[Sender]

    async def sender(self) -> Sender:
        made = Sender(*await asyncio.open_connection(self.server.host, self.server.port))
        self.senders.append(made)
        return made


@asynccontextmanager
async def door(within: float = 10.0, most: int = 8 * MAX_DELIVERY) -> AsyncIterator[Door]:
    arriving = Arriving(within, most)

    async def take(request: web.Request) -> web.StreamResponse:
        return web.Response(text=str(len(await arriving.body_of(request))))

    app = web.Application()
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        opened = Door(arriving, server, [])
        try:
            yield opened
        finally:
            for sender in opened.senders:
                sender.writer.close()


async def test_a_body_in_pieces_is_taken_and_nothing_of_it_is_held_after() -> None:
    async with door() as here:
        sender = await here.sender()
        sender.head(6)
        for piece in (b"ab", b"cd", b"ef"):
            sender.writer.write(piece)
            await asyncio.sleep(0.01)
        assert await sender.status() == 200
        assert here.arriving.held == 0


async def test_who_takes_longer_than_github_ever_does_is_cut_off() -> None:
    async with door(within=0.05) as here:
        sender = await here.sender()
        sender.head(1000)
        sender.writer.write(b"a")
        assert await sender.status() == 408
        assert await sender.will_be_closed()
        assert here.arriving.held == 0


async def test_all_that_arrives_at_once_has_one_limit_and_refuses_with_503() -> None:
    """What is not GitHub's leaves again, and then there is room."""
    async with door(most=1000) as here:
        first, second = await here.sender(), await here.sender()
        for sender in (first, second):
            sender.head(900)
        first.writer.write(b"a" * 600)
        while here.arriving.held < 600:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)
        second.writer.write(b"b" * 100)
        await asyncio.sleep(0.02)
        second.writer.write(b"b" * 700)
        assert await second.status() == 503
        assert await second.will_be_closed()
        first.writer.write(b"a" * 300)
        assert await first.status() == 200
        assert here.arriving.held == 0


async def test_what_says_that_it_is_too_large_is_not_waited_for() -> None:
    async with door() as here:
        sender = await here.sender()
        sender.head(MAX_DELIVERY + 1)
        assert await sender.status() == 413


@pytest.mark.parametrize(
    "header", [None, "", "sha1=" + "0" * 40, "sha256=", SIGNATURE + "0", SIGNATURE.upper(), "\u0661"]
)
def test_what_looks_like_no_signature_is_none(header: str | None) -> None:
    assert not may_be_signed(header)
    assert may_be_signed(SIGNATURE)
