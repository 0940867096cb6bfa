"""GET /pictures/<address>.png over HTTP: for whoever knows the address, without a login, for ever the same."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from sqlalchemy import update

from dashboard.pictures import DAMAGED, PATH, Pictures
from storage.engine import Store
from storage.installations import Repository, save_repository
from storage.pictures import Picture, delete_pictures, save_pictures
from storage.schema_work import pictures

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADDRESS = "A" * 21 + "_-" + "9" * 20
# one grey pixel
DATA = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6368"
    "00000082008177cd72b60000000049454e44ae426082"
)


@pytest.fixture
async def site(store: Store) -> AsyncIterator[BaseTestServer]:
    """A server with one stored picture."""
    picture = Picture(ADDRESS, 7, "answer-7-1", 0, "light", "image/png", DATA, NOON)
    await store.write(lambda conn: save_repository(conn, Repository(7, 1, "acme", "rocket", "public", "main")))
    await store.write(lambda conn: save_pictures(conn, [picture]))
    application = web.Application()
    application.router.add_get(PATH, Pictures(store).get)
    async with TestServer(application) as server:
        yield server


async def get(site: BaseTestServer, file: str) -> tuple[int, str, bytes]:
    """Return status, Cache-Control and body."""
    async with aiohttp.ClientSession() as session, session.get(site.make_url(f"/pictures/{file}")) as response:
        return response.status, response.headers.get("Cache-Control", ""), await response.read()


async def test_a_picture_is_served_as_it_is_stored_and_may_be_kept_for_ever(site: BaseTestServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(site.make_url(f"/pictures/{ADDRESS}.png")) as response:
        assert response.status == 200
        assert await response.read() == DATA
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["ETag"] == f'"{ADDRESS}"'
        assert "Set-Cookie" not in response.headers


async def test_head_says_the_same_without_the_picture(site: BaseTestServer) -> None:
    async with aiohttp.ClientSession() as session, session.head(site.make_url(f"/pictures/{ADDRESS}.png")) as response:
        assert response.status == 200
        assert response.headers["Content-Length"] == str(len(DATA))


@pytest.mark.parametrize(
    "file",
    [
        "B" * 43 + ".png",
        ADDRESS,
        f"{ADDRESS}.PNG",
        f"{ADDRESS}.png.png",
        f"{ADDRESS[:-1]}.png",
        f"{ADDRESS}0.png",
        f"{ADDRESS.swapcase()}.png",
        f"{ADDRESS}.jpg",
        f"{ADDRESS}%00.png",
        f"{ADDRESS}.png%0A",
        "%25.png",
        "..%2F..%2Fetc%2Fpasswd",
        "' OR 1=1.png",
        ".png",
        "",
        "a/b.png",
    ],
)
async def test_any_other_address_is_not_found(site: BaseTestServer, file: str) -> None:
    """Nothing tells a wrong address from one that never was."""
    status, caching, body = await get(site, file)
    assert status == 404
    assert DATA not in body
    assert "immutable" not in caching


async def test_two_new_addresses_are_of_the_length_that_is_served(site: BaseTestServer) -> None:
    """What `bot.app` makes out of 32 random bytes fits the pattern of the addresses."""
    status, _, _ = await get(site, f"{secrets.token_urlsafe(32)}.png")
    assert status == 404
    assert len(secrets.token_urlsafe(32)) == len(ADDRESS)


async def test_a_deleted_picture_is_not_found(site: BaseTestServer, store: Store) -> None:
    await store.write(lambda conn: delete_pictures(conn, "answer-7-1"))
    assert (await get(site, f"{ADDRESS}.png"))[0] == 404


async def test_nothing_can_be_put_there(site: BaseTestServer) -> None:
    url = site.make_url(f"/pictures/{ADDRESS}.png")
    async with aiohttp.ClientSession() as session, session.put(url, data=b"x") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    "damaged",
    [
        b"", b"\0" * 60, DATA[:-1], DATA[:30], DATA + b"\0", DATA[:40] + b"x" + DATA[41:], DATA[:8], DATA[:-12],
        DATA[:8] + b"\xff\xff\xff\xff" + DATA[12:], b"<html>" + DATA,
    ],
)  # fmt: skip
async def test_a_damaged_picture_is_not_shown_and_kept_by_nobody(
    site: BaseTestServer, store: Store, damaged: bytes
) -> None:
    await store.write(lambda conn: conn.execute(update(pictures).values(data=damaged)))
    status, cache, body = await get(site, f"{ADDRESS}.png")
    assert (status, body.decode()) == (404, DAMAGED)
    assert "max-age" not in cache
