"""Who sees what: scoping, missing permissions, renamed repositories, suspended and removed installations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.apps import Installation
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import NOW, Client


async def test_another_installations_private_repository_is_not_found(
    client: Client, token: str, elsewhere: Installation
) -> None:
    assert (await client.get("/repos/elsewhere/hidden", token)).status == 404
    assert (await client.get("/repos/elsewhere/hidden/issues/1", token)).status == 404
    assert (await client.get("/repos/elsewhere/hidden", await client.token(elsewhere))).status == 200


@pytest.mark.parametrize("name", ["secret", "inner"])
async def test_private_and_internal_repositories_are_hidden_from_strangers(
    client: Client, token: str, name: str
) -> None:
    assert (await client.get(f"/repos/acme/{name}", token)).status == 200
    assert (await client.get(f"/repos/acme/{name}")).status == 404


async def test_what_is_public_may_be_read_by_anybody_and_written_by_the_installation_only(
    client: Client, token: str, elsewhere: Installation
) -> None:
    stranger = await client.token(elsewhere)
    path = "/repos/acme/rocket/issues/1/comments"

    assert (await client.get(path)).status == 200
    assert (await client.post(path, stranger, body="hello")).status == 403
    assert (await client.post(path, token, body="hello")).status == 201


async def test_visibility_is_told(client: Client, token: str) -> None:
    told = {name: (await client.get(f"/repos/acme/{name}", token)).body for name in ("rocket", "secret", "inner")}

    assert {name: body["visibility"] for name, body in told.items()} == {
        "rocket": "public",
        "secret": "private",
        "inner": "internal",
    }
    assert [told[name]["private"] for name in told] == [False, True, True]


async def test_a_missing_permission_is_named(client: Client, world: World, keys: object) -> None:
    token = await client.token(world.install("acme", permissions={"pull_requests": "read"}))

    reply = await client.get("/repos/acme/secret/contents/.github/analytics.yml", token)

    assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")
    assert reply.headers["X-Accepted-GitHub-Permissions"] == "contents=read"


async def test_an_installation_on_chosen_repositories_sees_those(client: Client, world: World, keys: object) -> None:
    token = await client.token(world.install("acme", ["secret"]))

    assert (await client.get("/repos/acme/secret", token)).status == 200
    assert (await client.get("/repos/acme/inner", token)).status == 404


async def test_a_renamed_repository_redirects_to_its_id(client: Client, world: World, token: str) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    world.rename_repository(secret, "open-secret")

    reply = await client.get("/repos/acme/secret/issues/1?x=1", token)
    assert reply.status == 301
    assert reply.headers["Location"].endswith(f"/repositories/{secret.id}/issues/1?x=1")
    assert reply.body["message"] == "Moved Permanently"

    followed = await client.ask("GET", "/repos/acme/secret", token=token, follow=True)
    assert followed.body["full_name"] == "acme/open-secret"


async def test_a_write_to_a_renamed_repository_keeps_its_method(client: Client, world: World, token: str) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    world.rename_repository(secret, "open-secret")

    reply = await client.ask(
        "POST", "/repos/acme/secret/issues/1/comments", token=token, json={"body": "hi"}, follow=True
    )

    assert (reply.status, reply.body["body"]) == (201, "hi")


async def test_a_former_name_tells_strangers_nothing(client: Client, world: World) -> None:
    secret = world.repository("acme/secret")
    assert secret is not None
    world.rename_repository(secret, "open-secret")

    assert (await client.get("/repos/acme/secret")).status == 404


async def test_a_suspended_installation_is_refused_until_it_is_let_in_again(
    client: Client, sandbox: Sandbox, acme: Installation, token: str
) -> None:
    sandbox.hands.suspend(acme)
    refused = await client.get("/repos/acme/secret", token)
    assert (refused.status, refused.body["message"]) == (403, "This installation has been suspended")
    minted = await client.post(f"/app/installations/{acme.id}/access_tokens", client.jwt())
    assert minted.status == 403
    shown = await client.get(f"/app/installations/{acme.id}", client.jwt())
    assert shown.body["suspended_at"] == "2026-11-22T08:00:00Z"

    sandbox.hands.unsuspend(acme)
    assert (await client.get("/repos/acme/secret", token)).status == 200


async def test_an_uninstalled_app_is_not_found_and_its_tokens_are_void(
    client: Client, sandbox: Sandbox, acme: Installation, token: str
) -> None:
    sandbox.hands.uninstall(acme)

    assert (await client.get(f"/app/installations/{acme.id}", client.jwt())).status == 404
    assert (await client.post(f"/app/installations/{acme.id}/access_tokens", client.jwt())).status == 404
    assert (await client.get("/repos/acme/secret", token)).status == 401
    assert (await client.get("/app/installations", client.jwt())).body == []


async def test_the_installation_of_a_repository_is_found_by_the_app(client: Client, acme: Installation) -> None:
    reply = await client.get("/repos/acme/secret/installation", client.jwt())

    assert (reply.status, reply.body["id"]) == (200, acme.id)
    assert (await client.get("/repos/elsewhere/hidden/installation", client.jwt())).status == 404


@pytest.mark.parametrize("text", ["ghp_0123456789abcdef", "github_pat_11AAAA_0123456789abcdef"])
async def test_a_personal_token_acts_as_its_owner(client: Client, world: World, text: str) -> None:
    world.add_personal_token(text, "quartz-otter", expires_at=NOW + timedelta(days=1))

    assert (await client.get("/user", text)).body["login"] == "quartz-otter"
    assert (await client.get("/repos/acme/secret", text)).status == 200
    world.clock.advance(timedelta(days=1))
    assert (await client.get("/user", text)).status == 401


async def test_a_person_without_a_role_does_not_see_what_is_private(client: Client, world: World) -> None:
    world.add_personal_token("ghp_idle", "idle-heron")

    assert (await client.get("/repos/acme/secret", "ghp_idle")).status == 404
    assert (await client.get("/repos/acme/rocket", "ghp_idle")).status == 200


async def test_an_installation_is_nobody(client: Client, token: str) -> None:
    reply = await client.get("/user", token)

    assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize(
    ("login", "role", "permission"),
    [
        ("quartz-otter", "write", "write"),
        ("amber-lynx", "maintain", "write"),
        ("amber-lynx", "triage", "read"),
        ("amber-lynx", "admin", "admin"),
        ("idle-heron", "none", "none"),
    ],
)
async def test_a_collaborators_permission(
    client: Client, world: World, token: str, login: str, role: str, permission: str
) -> None:
    if login == "amber-lynx":
        world.permit("acme/secret", login, role)

    reply = await client.get(f"/repos/acme/secret/collaborators/{login}/permission", token)

    assert (reply.body["permission"], reply.body["role_name"]) == (permission, role)
    assert reply.body["user"]["login"] == login


async def test_a_stranger_may_read_what_is_public(client: Client, token: str) -> None:
    reply = await client.get("/repos/acme/rocket/collaborators/idle-heron/permission", token)

    assert reply.body["permission"] == "read"
    assert (await client.get("/repos/acme/rocket/collaborators/nobody-here/permission", token)).status == 404


async def test_an_address_that_is_none_is_answered_in_json(client: Client, token: str) -> None:
    reply = await client.get("/repos/acme/rocket/no-such-thing", token)

    assert (reply.status, reply.body["message"]) == (404, "Not Found")


async def test_without_a_user_agent_nothing_is_answered(client: Client, token: str) -> None:
    reply = await client.get("/repos/acme/rocket", token, User_Agent="")

    assert reply.status == 403
    assert "User-Agent" in reply.body["message"]


async def test_an_unknown_api_version_is_refused(client: Client, token: str) -> None:
    assert (await client.get("/repos/acme/rocket", token, X_GitHub_Api_Version="2026-03-10")).status == 200
    assert (await client.get("/repos/acme/rocket", token, X_GitHub_Api_Version="2019-01-01")).status == 400


async def test_enterprise_servers_paths_lead_to_the_same(client: Client, token: str) -> None:
    assert (await client.get("/api/v3/repos/acme/rocket", token)).body["full_name"] == "acme/rocket"
    reply = await client.post("/api/graphql", token, query="{ viewer { login } }")
    assert reply.body == {"data": {"viewer": {"login": "almanac"}}}
