"""Secrets are exchanged as docs/configuration.md says: two are valid at once, and nothing is missed."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import scheduler.clock
from github.deliveries import sign
from tests.dashboard.people import Browser
from tests.stories.conftest import OpenTown
from tests.stories.town import LANTERN, MEMBER, Said, Town, listener, people_and_github, serving
from tests.stories.visits import captured

BEFORE = "the secret whose place another takes"
PING = msgspec.json.encode({"zen": "Keep it logically awesome."})


async def test_deliveries_are_taken_whichever_of_two_secrets_signs_them(town_of: OpenTown) -> None:
    async with town_of(GITHUB_WEBHOOK_SECRET_PREVIOUS=BEFORE) as town:
        assert town.world.app is not None
        for secret in (BEFORE, town.keys.webhook_secret):
            town.world.app.webhook_secret = secret
            assert town.answer_to(await town.say("/analytics help"))
        assert await town.deliver(PING, "ping", "another", sign(b"anybody's", PING)) == 401


async def test_a_secret_that_was_taken_away_signs_nothing(town_of: OpenTown) -> None:
    async with town_of() as town:
        assert await town.deliver(PING, "ping", "late", sign(BEFORE.encode(), PING)) == 401
        empty = "sha256=" + hmac.digest(b"", PING, "sha256").hex()
        assert await town.deliver(PING, "ping", "unsigned", empty) == 401, "no secret is not an empty one"


@pytest.fixture(autouse=True)
def looks_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server looks for deliveries that it missed at once, not ten seconds after its start."""
    monkeypatch.setattr(scheduler.clock, "FIRST", 0.05)


@asynccontextmanager
async def without_a_server(folder: Path) -> AsyncIterator[tuple[Town, int]]:
    """Open a town whose server is started, and started again, by the story, always on the same port."""
    with listener() as probe:
        port: int = probe.getsockname()[1]
    async with people_and_github(folder, port) as town:
        yield town, port


async def each_is_answered_once(town: Town, asked: list[Said]) -> bool:
    """Tell whether each question has one answer; a server looks for what it missed once it has started."""
    for _ in range(10):
        if all(town.answers_to(said) for said in asked):
            break
        await town.wait(minutes=1)
    return [len(town.answers_to(said)) for said in asked] == [1] * len(asked)


async def test_the_webhook_secret_is_exchanged_without_a_missed_delivery(folder: Path) -> None:
    """Both restarts of the procedure, GitHub's page saved between them, and a question in every phase."""
    asked = []
    async with without_a_server(folder) as (town, port):
        app, new = town.world.app, town.keys.webhook_secret
        assert app is not None
        app.webhook_secret = BEFORE
        async with serving(town, listener(port), folder, GITHUB_WEBHOOK_SECRET=BEFORE):
            asked.append(await town.say("/analytics help"))
        asked.append(await town.post("/analytics help"))  # nobody takes it: the server is starting again
        async with serving(town, listener(port), folder, GITHUB_WEBHOOK_SECRET_PREVIOUS=BEFORE):
            asked.append(await town.say("/analytics help"))
            app.webhook_secret = new
            asked.append(await town.say("/analytics help"))
            assert await town.deliver(PING, "ping", "on-its-way", sign(BEFORE.encode(), PING)) == 202
        asked.append(await town.post("/analytics help"))
        town.sandbox.clock.advance(timedelta(days=1))
        async with serving(town, listener(port), folder):
            asked.append(await town.say("/analytics help"))
            assert await town.deliver(PING, "ping", "too-late", sign(BEFORE.encode(), PING)) == 401
            assert await each_is_answered_once(town, asked)


async def test_the_apps_key_is_exchanged_while_both_are_valid(folder: Path) -> None:
    """The owner makes another key, the server gets it, the one before is deleted."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    asked = []
    async with without_a_server(folder) as (town, port):
        app = town.world.app
        assert app is not None
        async with serving(town, listener(port), folder):
            asked.append(await town.say("/analytics help"))
            app.more_public_keys = (public.decode(),)
            asked.append(await town.say("/analytics help"))
        asked.append(await town.post("/analytics help"))
        async with serving(town, listener(port), folder, GITHUB_PRIVATE_KEY=pem):
            asked.append(await town.say("/analytics help"))
            app.public_key, app.more_public_keys = public.decode(), ()
            town.sandbox.clock.advance(timedelta(hours=2))  # tokens are asked for anew
            asked.append(await town.say("/analytics help"))
            assert await each_is_answered_once(town, asked)


async def test_who_is_signed_in_stays_so_while_the_secret_key_is_exchanged(folder: Path) -> None:
    """With the one before at hand; without it the tokens of people cannot be read, and they sign in again."""
    async with without_a_server(folder) as (town, port):
        given = {"GITHUB_CLIENT_ID": town.keys.client_id, "GITHUB_CLIENT_SECRET": town.keys.client_secret}
        one, other, third = "a" * 32, "b" * 32, "c" * 32
        browser = Browser(town.session, town.url)
        async with serving(town, listener(port), folder, **given, SECRET_KEY=one):
            await captured(town)
            await browser.sign_in(MEMBER, "/")
            assert LANTERN in (await browser.get("/")).text
        async with serving(town, listener(port), folder, **given, SECRET_KEY=other, SECRET_KEY_PREVIOUS=one):
            town.sandbox.clock.advance(timedelta(minutes=20))  # what is remembered of access is over
            assert LANTERN in (await browser.get("/")).text
        async with serving(town, listener(port), folder, **given, SECRET_KEY=third):
            town.sandbox.clock.advance(timedelta(minutes=20))
            assert LANTERN not in (await browser.get("/")).text
