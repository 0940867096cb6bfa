"""Installation tokens: their format, their hour, and what a narrowed one may do."""

from __future__ import annotations

import re
from datetime import timedelta

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client


async def test_a_token_has_the_format_of_2026(client: Client, acme: Installation) -> None:
    """`ghs_<app id>_<JWT>` with dots, about 520 characters."""
    token = await client.token(acme)

    assert re.fullmatch(r"ghs_\d+_[\w-]+\.[\w-]+\.[\w-]+", token)
    assert 500 <= len(token) <= 540
    assert token.startswith(f"ghs_{client.keys.app_id}_")


async def test_a_token_says_when_it_ends_and_what_it_may(client: Client, acme: Installation) -> None:
    path = f"/app/installations/{acme.id}/access_tokens"
    reply = await client.post(path, client.jwt())

    assert reply.body["expires_at"] == "2026-11-22T09:00:00Z"
    assert reply.body["permissions"] == acme.permissions
    assert reply.body["repository_selection"] == "all"


async def test_a_token_is_refused_after_an_hour_of_the_sandboxs_clock(
    client: Client, sandbox: Sandbox, token: str
) -> None:
    sandbox.clock.advance(timedelta(minutes=59, seconds=59))
    assert (await client.get("/repos/acme/secret", token)).status == 200

    sandbox.clock.advance(timedelta(seconds=1))
    reply = await client.get("/repos/acme/secret", token)
    assert (reply.status, reply.body["message"]) == (401, "Bad credentials")


async def test_an_unknown_token_is_refused(client: Client) -> None:
    reply = await client.get("/repos/acme/rocket", "ghs_1_a.b.c")

    assert (reply.status, reply.body["message"]) == (401, "Bad credentials")


async def test_a_token_narrowed_to_a_repository_does_not_see_the_others(
    client: Client, world: World, acme: Installation
) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    token = await client.token(acme, repository_ids=[secret.id])

    assert (await client.get("/repos/acme/secret", token)).status == 200
    assert (await client.get("/repos/acme/inner", token)).status == 404
    listed = await client.get("/installation/repositories", token)
    assert [one["full_name"] for one in listed.body["repositories"]] == ["acme/secret"]


async def test_a_token_narrowed_in_permissions_may_read_and_not_write(client: Client, acme: Installation) -> None:
    token = await client.token(acme, permissions={"issues": "read"})

    assert (await client.get("/repos/acme/secret/issues/1", token)).status == 200
    reply = await client.post("/repos/acme/secret/issues/1/comments", token, body="hello")
    assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")


async def test_more_than_was_granted_cannot_be_asked_for(client: Client, acme: Installation) -> None:
    path = f"/app/installations/{acme.id}/access_tokens"

    reply = await client.post(path, client.jwt(), permissions={"contents": "write"})

    assert (reply.status, reply.body["message"]) == (
        422,
        "The permissions requested are not granted to this installation.",
    )


async def test_another_installations_repository_cannot_be_asked_for(
    client: Client, world: World, acme: Installation
) -> None:
    hidden = world.repository("elsewhere/hidden")
    assert hidden is not None

    reply = await client.post(f"/app/installations/{acme.id}/access_tokens", client.jwt(), repository_ids=[hidden.id])

    assert reply.status == 422
    assert "not accessible to the parent installation" in reply.body["message"]
