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
