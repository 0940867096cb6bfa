"""Clients of GitHub are kept while they are used, and not for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
import pytest

from bot import clients as module
from bot.clients import Clients
from github.auth import App
from github.endpoints import Endpoints
from github.errors import Later
from sandbox.registration import register
from sandbox.world import World

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_an_installations_clients_share_its_limits_and_the_unused_ones_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    keys = register(World())
    async with aiohttp.ClientSession() as session:
        endpoints = Endpoints.of("http://127.0.0.1:9")
        clients = Clients(session, App("1", keys.private_key), endpoints, lambda: NOON, asyncio.sleep)
        whole, one = clients.installation(1), clients.installation(1, 7)
        assert whole is clients.installation(1)
        assert one is clients.installation(1, 7) is not whole
        assert one.budget is whole.budget
        for other in (2, 3):
            assert clients.installation(other).budget is not whole.budget
        assert clients.installation(1) is whole, "it was used most recently"
        clients.installation(4)
        assert set(clients.installed) == {3, 1, 4}
        assert clients.as_app() is clients.as_app()


async def test_tokens_of_all_installations_are_asked_for_within_the_limits_of_the_app() -> None:
    """Whoever asks for a token spends the App's points, so no two installations do so out of each other's sight."""

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    keys = register(World())
    async with aiohttp.ClientSession() as session:
        endpoints = Endpoints.of("http://127.0.0.1:9")
        clients = Clients(session, App("1", keys.private_key), endpoints, lambda: NOON, at_once)
        for number in (1, 2):
            before = clients.as_app().usage.requests
            with pytest.raises(Later):
                await clients.installation(number).get("/installation/repositories")
            assert clients.as_app().usage.requests > before
