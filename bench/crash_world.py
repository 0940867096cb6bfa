"""What a crashing server is loaded with: webhooks, commands, captures, weekly reports, and the books kept of them."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec

from bot.inbox import PATH
from reports.keys import answer_key
from sandbox import payloads
from sandbox.build import VISITOR
from sandbox.generate import generate
from sandbox.hooks import sign
from sandbox.load import load
from sandbox.many import many
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.things import Repository
from sandbox.world import World

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)  # weekly reports are due, and the captures of the day
WEEK = timedelta(days=7)
CAPTURED, OWNERS = 12, 3
SETTINGS = "reports:\n  - every: weekly"
COMMANDS = ("/analytics help", "/analytics pulls 30d", "/analytics help pulls", "/analytics issues 90d")
SENDERS = 4
PAUSE = 0.02  # seconds between two deliveries of one sender
THREADS = 4


@dataclass
class Books:
    """What was promised: deliveries that were acknowledged, commands by their answer's key. statuses: of webhooks."""

    acknowledged: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    refused: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0


def world_of() -> tuple[World, AppKeys, list[Repository]]:
    """Return a GitHub at `NOW`, and its repositories that have a report each week and are asked about."""
    world, keys = many(CAPTURED, OWNERS, now=NOW)
    asked = [one for one in load(world, generate(7, NOW, scale=0.02)) if not one.archived]
    world.install(asked[0].owner.login)
    for one in asked:
        world.permit(one.full_name, VISITOR, "write")
        one.files[".github/analytics.yml"] = SETTINGS
    return world, keys, asked


@dataclass
class Load:
    """Sends webhooks and asks, again and again, whether anybody hears it or not."""

    sandbox: Sandbox
    secret: str
    port: int
    asked: list[Repository]
    chance: random.Random
    books: Books = field(default_factory=Books)
    places: dict[str, list[int]] = field(default_factory=dict)

    def open_threads(self) -> None:
        """Open fresh threads to ask in: an answer asked for twice in one thread would be one to be edited."""
        world = self.sandbox.world
        for one in self.asked:
            opened = [world.open_issue(one, world.account(VISITOR), "How are we doing?") for _ in range(THREADS)]
            self.places[one.full_name] = [issue.number for issue in opened]

    async def ask(self) -> None:
        """Write a command; GitHub tells it once, and once more if the server asks for what it has missed."""
        repository = self.chance.choice(self.asked)
        number = self.chance.choice(self.places[repository.full_name])
        words = self.chance.choice(COMMANDS)
        said = await self.sandbox.comment(repository.full_name, number, VISITOR, words)
        self.books.commands.append(answer_key(repository.id, said["id"]))

    def body(self) -> bytes:
        """Return an event of some thread, as GitHub tells it."""
        repository, base = self.chance.choice(self.asked), self.sandbox.url
        thread = self.chance.choice(repository.issues())
        installation = self.sandbox.world.installed_on(repository)
        assert installation is not None
        said = {
            "action": "edited",
            "issue": payloads.issue(thread, base),
            "repository": payloads.repository(repository, base),
            "installation": {"id": installation.id},
            "sender": payloads.account(thread.author, base),
        }
        return msgspec.json.encode(said)

    async def send_on(self, session: aiohttp.ClientSession) -> None:
        """Send until cancelled; what was answered 202 must never be lost."""
        async with asyncio.TaskGroup() as senders:
            for _ in range(SENDERS):
                senders.create_task(self.send(session))

    async def send(self, session: aiohttp.ClientSession) -> None:
        while True:
            guid, body = str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), self.body()
            headers = {
                "X-GitHub-Event": "issues",
                "X-GitHub-Delivery": guid,
                "X-Hub-Signature-256": sign(self.secret, body),
                "Content-Type": "application/json",
            }
            try:
                address = f"http://127.0.0.1:{self.port}{PATH}"
                async with session.post(address, data=body, headers=headers) as answer:
                    if answer.status == 202:
                        self.books.acknowledged.append(guid)
                    else:
                        self.books.refused += 1
                    self.books.statuses[answer.status] += 1
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.books.unanswered += 1
            await asyncio.sleep(PAUSE)


async def stopped(task: asyncio.Task[None]) -> None:
    """End a task of ours."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
