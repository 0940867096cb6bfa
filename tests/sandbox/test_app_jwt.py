"""An App's JSON Web Token is taken as GitHub takes it, and refused with GitHub's words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.registration import register
from sandbox.server import Sandbox
from sandbox.tokens import DECODE, EXPIRED, ISSUED, TOO_FAR
from sandbox.world import World
from tests.sandbox.conftest import NOW, Client

MOMENT = int(NOW.timestamp())


async def test_a_good_token_shows_the_app(client: Client) -> None:
    reply = await client.get("/app", client.jwt())

    assert (reply.status, reply.body["id"], reply.body["slug"]) == (200, client.keys.app_id, "almanac")


async def test_the_app_id_is_accepted_as_issuer_too(client: Client) -> None:
    assert (await client.get("/app", client.jwt(iss=str(client.keys.app_id)))).status == 200


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iat": MOMENT + 30}, ISSUED),
        ({"iat": "yesterday"}, ISSUED),
        ({"exp": MOMENT + 601}, TOO_FAR),
        ({"exp": MOMENT - 1}, EXPIRED),
    ],
    ids=["issued in the future", "issued at no number", "valid for more than ten minutes", "expired"],
)
async def test_a_wrong_time_is_refused_with_its_reason(client: Client, claims: dict[str, Any], message: str) -> None:
    reply = await client.get("/app", client.jwt(**claims))

    assert (reply.status, reply.body["message"]) == (401, message)


async def test_ten_minutes_exactly_is_accepted(client: Client) -> None:
    assert (await client.get("/app", client.jwt(exp=MOMENT + 600))).status == 200


async def test_another_key_is_refused(client: Client) -> None:
    other = register(World())

    reply = await client.get("/app", client.jwt(key=other.private_key))

    assert (reply.status, reply.body["message"]) == (401, DECODE)


async def test_an_unknown_issuer_is_no_integration(client: Client) -> None:
    reply = await client.get("/app", client.jwt(iss="Iv23liunknown"))

    assert (reply.status, reply.body["message"]) == (404, "Integration not found")


@pytest.mark.parametrize("path", ["/app", "/app/installations", "/app/hook/deliveries"])
async def test_an_installation_token_does_not_open_the_apps_own_endpoints(
    client: Client, token: str, path: str
) -> None:
    reply = await client.get(path, token)

    assert (reply.status, reply.body["message"]) == (401, DECODE)


async def test_the_sandbox_clock_decides_what_is_expired(client: Client, sandbox: Sandbox) -> None:
    token = client.jwt()
    sandbox.clock.advance(timedelta(minutes=9, seconds=1))

    assert (await client.get("/app", token)).body["message"] == EXPIRED
