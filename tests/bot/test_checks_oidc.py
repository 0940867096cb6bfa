"""The OpenID provider as doctor sees it: reached, called as it calls itself, with usable addresses and its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import ECKey

from bot.checks_oidc import provider
from bot.now import machine_now
from tests.bot.test_checks_people import SETTINGS

KEYS = {"keys": [ECKey.generate_key("P-256").as_dict(private=False)]}


@pytest.fixture
async def described() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A provider's address, and its description, which a test bends."""
    about: dict[str, Any] = {}

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(KEYS if request.path == "/keys" else about)

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    async with TestServer(app) as server:
        issuer = f"http://127.0.0.1:{server.port}"
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        about |= {"issuer": issuer, **{name: f"{issuer}/{path}" for name, path in names.items()}}
        yield issuer, about


@pytest.mark.parametrize(
    ("bent", "state", "said"),
    [
        ({}, "ok", "describes itself by that very name"),
        ({"issuer": "https://elsewhere.example"}, "fail", "the provider calls itself https://elsewhere.example"),
        ({"issuer": None}, "fail", "the provider calls itself None"),
        ({"token_endpoint": "http://elsewhere.example"}, "fail", "does not name"),
        ({"jwks_uri": "http://127.0.0.1:1/keys"}, "fail", "cannot be had (ConnectError)"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "fail", "signs in no way that is accepted here"),
    ],
)
async def test_a_provider_is_asked_as_a_sign_in_would(
    described: tuple[str, dict[str, Any]], bent: dict[str, Any], state: str, said: str
) -> None:
    issuer, about = described
    about |= bent
    (step,) = await provider(replace(SETTINGS, oidc_issuer=issuer, oidc_client_id="almanac"), machine_now)
    assert (step.state, said in step.said) == (state, True), step


async def test_without_a_provider_nothing_is_said_and_one_that_is_not_there_is() -> None:
    assert await provider(SETTINGS, machine_now) == []
    nowhere = replace(SETTINGS, oidc_issuer="http://127.0.0.1:1", oidc_client_id="almanac")
    (step,) = await provider(nowhere, machine_now)
    assert (step.state, "cannot be had (ConnectError)" in step.said) == ("fail", True), step
