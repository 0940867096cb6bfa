"""Webhooks: signed deliveries to the App, sent in order, kept in a list and sent again on request.

As GitHub does: ten seconds for an answer, a failure is recorded and not repeated, a redelivery keeps its guid.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from sandbox import payloads
from sandbox.apps import Installation
from sandbox.things import Account, Repository
from sandbox.world import World

TIMEOUT = 10.0  # seconds GitHub waits for an answer
CODE = frozenset({"fork", "push", "release"})  # events that an App hears only with the permission `contents`
KEPT = 5_000  # deliveries remembered; GitHub forgets them after three days


@dataclass(slots=True)
class Delivery:
    """One attempt to deliver an event; attempts of one event share the guid."""

    id: int
    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    body: bytes
    delivered_at: str = ""
    redelivery: bool = False
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""


def sign(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """Return the signature header's value over the raw body."""
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


class Hooks:
    """The sender. `base` is the sandbox's own address; `delay` seconds pass before each delivery."""

    def __init__(self, world: World, *, delay: float = 0.01, seed: int = 0) -> None:
        self.world, self.delay, self.base = world, delay, ""
        self.deliveries: list[Delivery] = []
        self._random = random.Random(seed)
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._next_id = 90_000_000_001

    def send(
        self, event: str, body: dict[str, Any], repository: Repository | None = None, sender: Account | None = None
    ) -> Delivery | None:
        """Queue an event for the App if it is installed there, subscribes to it and has an address; else None."""
        app = self.world.app
        installation = self.world.installed_on(repository) if repository else None
        if app is None or not app.webhook_url or installation is None or installation.suspended_at:
            return None
        if event not in app.events or (event in CODE and "contents" not in installation.permissions):
            return None
        if repository is not None:
            body["repository"] = payloads.repository(repository, self.base)
            if repository.owner.type == "Organization":
                body["organization"] = organization(repository.owner, self.base)
        body["sender"] = payloads.account(sender, self.base)
        body["installation"] = _brief(installation)
        return self._queue_up(event, body, installation, repository)

    def send_target(
        self, event: str, body: dict[str, Any], installation: Installation, sender: Account
    ) -> Delivery | None:
        """Queue an event about the account the App is installed on, if the App subscribes to it."""
        app = self.world.app
        if app is None or not app.webhook_url or installation.suspended_at or event not in app.events:
            return None
        if installation.account.type == "Organization":
            body["organization"] = organization(installation.account, self.base)
        body["sender"] = payloads.account(sender, self.base)
        body["installation"] = _brief(installation)
        return self._queue_up(event, body, installation, None)

    def send_installation(self, event: str, body: dict[str, Any], installation: Installation) -> Delivery | None:
        """Queue `installation` and `installation_repositories`, which every App receives without asking."""
        app = self.world.app
        if app is None or not app.webhook_url:
            return None
        body["installation"] = payloads.installation(installation, app, self.base)
        body.setdefault("sender", payloads.account(installation.account, self.base))
        return self._queue_up(event, body, installation, None)

    def send_revoked(self, sender: Account) -> Delivery | None:
        """Queue `github_app_authorization`, which every App receives when a person takes back what they allowed it."""
        app = self.world.app
        if app is None or not app.webhook_url:
            return None
        body = msgspec.json.encode({"action": "revoked", "sender": payloads.account(sender, self.base)})
        delivery = Delivery(self._id(), self._guid(), "github_app_authorization", "revoked", None, None, body)
        self._queue.put_nowait(delivery)
        return delivery

    def send_ping(self) -> Delivery | None:
        """Queue what GitHub sends first, as soon as an App with an address is registered."""
        app = self.world.app
        if app is None or not app.webhook_url:
            return None
        config = {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url}
        hook = {
            "type": "App", "id": app.id + 480_000_000, "name": "web", "active": True, "events": list(app.events),
            "config": config, "app_id": app.id,
        }  # fmt: skip
        body = msgspec.json.encode(
            {"zen": "Half measures are as bad as nothing at all.", "hook_id": hook["id"], "hook": hook}
        )
        delivery = Delivery(self._id(), self._guid(), "ping", None, None, None, body)
        self._queue.put_nowait(delivery)
        return delivery

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Queue the same event again, with the same guid and body."""
        again = Delivery(
            self._id(), delivery.guid, delivery.event, delivery.action, delivery.installation_id,
            delivery.repository_id, delivery.body, redelivery=True,
        )  # fmt: skip
        self._queue.put_nowait(again)
        return again

    async def settled(self) -> None:
        """Return once everything queued so far was answered or given up."""
        await self._queue.join()

    async def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._run(), name="sandbox webhooks")

    async def stop(self) -> None:
        """Stop sending; what is still queued stays unsent."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _queue_up(
        self, event: str, body: dict[str, Any], installation: Installation, repository: Repository | None
    ) -> Delivery:
        delivery = Delivery(
            self._id(), self._guid(), event, body.get("action"), installation.id, repository.id if repository else None,
            msgspec.json.encode(body),
        )  # fmt: skip
        self._queue.put_nowait(delivery)
        return delivery

    def _guid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=1))

    def _id(self) -> int:
        self._next_id += 1
        return self._next_id

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
            while True:
                delivery = await self._queue.get()
                try:
                    await asyncio.sleep(self.delay)
                    await self._deliver(session, delivery)
                finally:
                    self._queue.task_done()

    async def _deliver(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        app = self.world.app
        if app is None or not app.webhook_url:
            return
        delivery.request_headers = self._headers(delivery, app.id, app.webhook_secret)
        delivery.delivered_at = self.world.now()
        self.deliveries.append(delivery)
        del self.deliveries[:-KEPT]
        started = time.perf_counter()
        try:
            async with session.post(
                app.webhook_url, data=delivery.body, headers=delivery.request_headers, allow_redirects=False
            ) as response:
                delivery.response_body = (await response.read())[:65_536].decode(errors="replace")
                delivery.response_headers = {str(name): value for name, value in response.headers.items()}
                delivery.status_code, delivery.status = response.status, response.reason or str(response.status)
        except TimeoutError:
            delivery.status = "timed out"
        except (aiohttp.ClientError, OSError) as error:
            delivery.status = f"failed to connect to host: {type(error).__name__}"
        delivery.duration = round(time.perf_counter() - started, 3)

    def _headers(self, delivery: Delivery, app_id: int, secret: str) -> dict[str, str]:
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": f"GitHub-Hookshot/{hashlib.sha256(b'sandbox').hexdigest()[:7]}",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(app_id + 480_000_000),
            "X-GitHub-Hook-Installation-Target-ID": str(app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": sign(secret, delivery.body, "sha1"),
            "X-Hub-Signature-256": sign(secret, delivery.body),
        }


def _brief(installation: Installation) -> dict[str, Any]:
    return {"id": installation.id, "node_id": f"MDIzOkluc3RhbGxhdGlvbi{installation.id}"}


def organization(account: Account, base: str) -> dict[str, Any]:
    """An organisation as webhooks show it."""
    url = f"{base}/orgs/{account.login}"
    return {
        "login": account.login, "id": account.id, "node_id": account.node_id, "url": url,
        "repos_url": f"{url}/repos", "events_url": f"{url}/events", "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues", "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{base}/avatars/u/{account.id}?v=4", "description": "",
    }  # fmt: skip
