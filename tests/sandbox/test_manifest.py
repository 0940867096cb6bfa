"""The App manifest flow, as GitHub runs it: what is refused, and what a code is good for."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
import pytest

from sandbox.manifest import faults
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox.conftest import Client

GOOD: dict[str, Any] = {
    "name": "Numbers",
    "url": "https://almanac.example.com",
    "redirect_url": "https://almanac.example.com/back",
    "hook_attributes": {"url": "https://almanac.example.com/webhooks/github", "active": True},
    "default_permissions": {"issues": "write", "contents": "read"},
    "default_events": ["issue_comment", "push"],
}


@pytest.fixture
async def fresh(world: World) -> AsyncIterator[Sandbox]:
    """A sandbox in which no App is registered."""
    world.organization("acme")
    async with Sandbox(world, hook_delay=0) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hook_attributes": {**GOOD["hook_attributes"], "secret": "x"}}, "unknown keys: secret"),
        ({"hook_attributes": {"active": True}}, "hook_attributes must have a valid URL"),
        ({"default_events": ["installation"]}, "not supported by permissions: installation"),
        (
            {"default_events": ["push"], "default_permissions": {"issues": "write"}},
            "not supported by permissions: push",
        ),
        ({"default_permissions": {"everything": "write"}, "default_events": []}, "everything: write is not known"),
        ({"redirect_url": "back"}, "redirect_url must be a valid URL"),
        ({"name": "N" * 35}, "too long"),
    ],
)
def test_what_github_refuses_is_refused(wrong: dict[str, Any], said: str) -> None:
    assert faults(GOOD) == []
    (fault,) = faults({**GOOD, **wrong})
    assert said in fault


@asynccontextmanager
async def client_of(sandbox: Sandbox) -> AsyncIterator[Client]:
    """Somebody with a browser, who knows no keys."""
    async with aiohttp.ClientSession() as session:
        yield Client(session, sandbox, AppKeys(0, "", "", ""))


async def registered(client: Client, path: str, manifest: object = GOOD) -> tuple[int, str]:
    """Send a manifest in the browser, confirm it, and return the last status and where it led to."""
    async with client.session.post(
        client.sandbox.url + path, data={"manifest": msgspec.json.encode(manifest).decode()}
    ) as asked:
        page = await asked.text()
        if asked.status != 200:
            return asked.status, page
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', page)
    async with client.session.post(
        client.sandbox.url + html.unescape(action), data={"name": "My numbers"}, allow_redirects=False
    ) as confirmed:
        return confirmed.status, confirmed.headers.get("Location", "")


async def test_a_code_becomes_credentials_once(fresh: Sandbox, world: World) -> None:
    async with client_of(fresh) as client:
        status, address = await registered(client, "/organizations/acme/settings/apps/new?state=s-1")
        assert status == 302
        assert address.startswith("https://almanac.example.com/back?")
        query = parse_qs(urlsplit(address).query)
        assert query["state"] == ["s-1"]
        path = f"/app-manifests/{query['code'][0]}/conversions"
        made = await client.post(path)
        assert made.status == 201
        assert made.body.keys() >= {"id", "slug", "html_url", "client_id", "client_secret", "webhook_secret", "pem"}
        assert made.body["slug"] == "my-numbers"
        assert made.body["owner"]["login"] == "acme"
        assert made.body["permissions"] == {"metadata": "read", "issues": "write", "contents": "read"}
        assert (await client.post(path)).status == 404
        client.keys = AppKeys(made.body["id"], made.body["client_id"], made.body["pem"], made.body["webhook_secret"])
        hook = await client.get("/app/hook/config", client.jwt())
        assert hook.body["url"] == "https://almanac.example.com/webhooks/github"
        assert set(hook.body["secret"]) == {"*"}
        assert (await client.get("/app/hook/config")).status == 401
    assert world.app is not None
    assert world.app.client_secret == made.body["client_secret"]


async def test_a_code_is_good_for_an_hour(fresh: Sandbox) -> None:
    async with client_of(fresh) as client:
        _, address = await registered(client, "/settings/apps/new")
        code = parse_qs(urlsplit(address).query)["code"][0]
        fresh.clock.advance(timedelta(hours=1))
        assert (await client.post(f"/app-manifests/{code}/conversions")).status == 404


async def test_a_bad_manifest_and_a_strange_organisation_are_refused(fresh: Sandbox, world: World) -> None:
    async with client_of(fresh) as client:
        status, page = await registered(client, "/settings/apps/new", {**GOOD, "url": "nowhere"})
        assert (status, "url must be a valid URL." in page) == (422, True)
        assert (await registered(client, "/organizations/nobody/settings/apps/new"))[0] == 404
        assert (await registered(client, "/organizations/quartz-otter/settings/apps/new"))[0] == 404, "a person"
    assert world.app is None


async def test_the_first_delivery_is_a_ping(fresh: Sandbox) -> None:
    async with client_of(fresh) as client:
        await registered(client, "/settings/apps/new", {**GOOD, "hook_attributes": {"url": "http://127.0.0.1:9/hook"}})
        await fresh.settled()
    (ping,) = fresh.deliveries
    assert (ping.event, ping.status_code, ping.installation_id) == ("ping", 0, None)
    assert msgspec.json.decode(ping.body)["hook"]["events"] == ["issue_comment", "push"]


async def test_an_app_is_installed_by_its_owner(fresh: Sandbox, world: World) -> None:
    async with client_of(fresh) as client:
        await registered(client, "/organizations/acme/settings/apps/new")
        page = await client.get("/apps/my-numbers/installations/new")
        assert page.status == 200
        assert b"On acme" in page.body
        assert (await client.post("/apps/my-numbers/installations")).status == 303
        assert (await client.get("/apps/another/installations/new")).status == 404
    (one,) = world.installations.values()
    assert one.account.login == "acme"
