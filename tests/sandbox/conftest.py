"""A small world to talk to: one organisation with the App installed, another one beside it, and a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import jwt
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.apps import Installation
from sandbox.clock import Clock
from sandbox.registration import AppKeys, register
from sandbox.server import Sandbox
from sandbox.world import World

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """An answer, read."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Client:
    """Talks to a sandbox as the App, as an installation, as a person or as nobody."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: Sandbox, keys: AppKeys) -> None:
        self.session, self.sandbox, self.keys = session, sandbox, keys

    def jwt(self, *, key: str | None = None, **claims: object) -> str:
        now = int(self.sandbox.clock.now().timestamp())
        payload = {"iat": now - 60, "exp": now + 540, "iss": self.keys.client_id, **claims}
        return jwt.encode(payload, key or self.keys.private_key, algorithm="RS256")

    async def token(self, installation: Installation, **narrowing: object) -> str:
        path = f"/app/installations/{installation.id}/access_tokens"
        reply = await self.ask("POST", path, token=self.jwt(), json=narrowing)
        assert reply.status == 201, reply.body
        return str(reply.body["token"])

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Reply:
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with self.session.request(
            method,
            path if path.startswith("http") else self.sandbox.url + path,
            json=json,
            headers={**sent, **(headers or {})},
            allow_redirects=follow,
        ) as response:
            raw = await response.read()
            body = msgspec.json.decode(raw) if raw and response.content_type == "application/json" else raw
            return Reply(response.status, response.headers.copy(), body)

    async def get(self, path: str, token: str | None = None, **headers: str) -> Reply:
        return await self.ask("GET", path, token=token, headers={k.replace("_", "-"): v for k, v in headers.items()})

    async def post(self, path: str, token: str | None = None, /, **json: object) -> Reply:
        return await self.ask("POST", path, token=token, json=json)

    async def graphql(self, query: str, token: str, **variables: object) -> Any:
        reply = await self.ask("POST", "/graphql", token=token, json={"query": query, "variables": variables})
        assert reply.status == 200, reply.body
        return reply.body


@pytest.fixture
def world() -> World:
    """`acme` has a public, a private and an internal repository; `elsewhere` a private one. Issue 1 is in each."""
    world = World(Clock(NOW))
    world.clock.freeze()
    for full_name, visibility in (
        ("acme/rocket", "public"),
        ("acme/secret", "private"),
        ("acme/inner", "internal"),
        ("elsewhere/hidden", "private"),
    ):
        repository = world.add_repository(full_name, visibility=visibility)  # type: ignore[arg-type]
        world.open_issue(repository, world.account("quartz-otter"), "First", "Hello")
        world.permit(full_name, "quartz-otter", "write")
    world.account("idle-heron")
    return world


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    """Made once: a new key takes longer than most tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def keys(world: World, private_key: rsa.RSAPrivateKey) -> AppKeys:
    return register(world, key=private_key)


@pytest.fixture
def acme(world: World, keys: AppKeys) -> Installation:
    return world.install("acme")


@pytest.fixture
def elsewhere(world: World, keys: AppKeys) -> Installation:
    return world.install("elsewhere")


@pytest.fixture
async def sandbox(world: World, keys: AppKeys) -> AsyncIterator[Sandbox]:
    async with Sandbox(world, hook_delay=0) as sandbox:
        yield sandbox


@pytest.fixture
async def client(sandbox: Sandbox, keys: AppKeys) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, sandbox, keys)


@dataclass
class Receiver:
    """The App's end of the webhooks: keeps what arrives and answers with `status` after `delay` seconds."""

    url: str = ""
    status: int = 202
    delay: float = 0.0
    received: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.received.append((request.headers.copy(), await request.read()))
        await asyncio.sleep(self.delay)
        return web.Response(status=self.status, text="taken")

    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.received]


@pytest.fixture
async def receiver(world: World, keys: AppKeys) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.take)
    async with TestServer(application) as server:
        assert world.app is not None
        receiver.url = world.app.webhook_url = str(server.make_url("/hook"))
        yield receiver


@pytest.fixture
async def token(client: Client, acme: Installation) -> str:
    return await client.token(acme)
