"""A town to tell stories in: the sandbox with an organisation in it and the real server beside it, over real HTTP.

Time stands still at `NOW` until a story lets it pass; the server goes by the sandbox's clock.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import web

import bot.app
from bot.app import create_app
from bot.serving import runner_of
from bot.settings import Settings
from github.deliveries import sign
from sandbox.build import VISITOR, build
from sandbox.clock import Clock
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Kind, Match
from sandbox.generate import generate
from sandbox.hooks import Delivery
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.state import RequestRecord
from sandbox.world import World
from tests.keys import app_key
from tests.log_lines import LINES

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BUILT_IN = timedelta(milliseconds=20)
"""What building a world takes, by its own clock: the same on every machine."""
SEED = 7
SCALE = 0.1  # about 140 pull requests in lantern: six pages
LANTERN = "quartz-labs/lantern"  # public
STRONGROOM = "quartz-labs/strongroom"  # private
OWNERS = "quartz-labs/.github"

MEMBER = VISITOR  # may write everywhere
AUTHOR = "idle-heron"  # has opened the thread, and nothing else
STRANGER = "passing-swift"
APP = "almanac[bot]"

WAITING = "This comment becomes the answer"
PATIENCE = 40.0  # seconds until a story is given up
ROOT = Path(__file__).parents[2]

LEFT = "state IN ('ready', 'waiting', 'running') OR (state = 'scheduled' AND run_at <= ?)"

Json = dict[str, Any]
Ask = Callable[..., list[Json]]
"""Returns the rows that a query finds; values for its question marks follow."""


@cache
def organisation() -> tuple[Dataset, ...]:
    """Return the rows that every town is built from; nobody changes them."""
    return tuple(generate(SEED, NOW, scale=SCALE))


def lantern() -> Dataset:
    """Return the rows of the public repository, for what a story computes itself."""
    return organisation()[0]


def new_world() -> tuple[World, AppKeys]:
    """Return a fresh world at `NOW`, its clock stopped."""
    world, keys = build(organisation(), now=NOW, key=app_key())
    world.clock.freeze()
    world.clock.set(NOW + BUILT_IN)
    return world, keys


@dataclass
class Said:
    """A person's comment: where it stands and its id."""

    repository: str
    number: int
    id: int


@dataclass
class Town:
    """The sandbox, the server's address and database, and what people do."""

    world: World
    keys: AppKeys
    sandbox: Sandbox
    url: str
    database: Path
    session: aiohttp.ClientSession
    number: int
    """A fresh issue of `LANTERN`, opened by `AUTHOR`."""

    # people

    async def say(self, body: str, login: str = MEMBER, repository: str = LANTERN, number: int | None = None) -> Said:
        """Write a comment and wait until whatever follows from it is over."""
        said = await self.post(body, login, repository, number)
        await self.settled()
        return said

    async def post(self, body: str, login: str = MEMBER, repository: str = LANTERN, number: int | None = None) -> Said:
        """Write a comment and go on at once."""
        place = self.number if number is None else number
        comment = await self.sandbox.comment(repository, place, login, body)
        return Said(repository, place, comment["id"])

    async def edit(self, said: Said, body: str, login: str = MEMBER) -> None:
        """Change a comment and wait until whatever follows from it is over."""
        await self.sandbox.edit_comment(said.id, login, body)
        await self.settled()

    def open_issue(self, repository: str, login: str = AUTHOR) -> int:
        """Open a thread; return its number."""
        found = self.world.repository(repository)
        assert found is not None
        return self.world.open_issue(found, self.world.account(login), "How are we doing?").number

    async def wait(self, **span: float) -> None:
        """Let time pass, at once, and wait until whatever has become due is over."""
        self.sandbox.clock.advance(timedelta(**span))
        await self.settled()

    async def deliver(
        self, body: bytes, event: str | None = "issue_comment", guid: str | None = "story", signature: str | None = ""
    ) -> int:
        """Post a webhook to the server as GitHub would; an empty signature is replaced by the right one."""
        signed = sign(self.keys.webhook_secret.encode(), body) if signature == "" else signature
        given = {"X-GitHub-Event": event, "X-GitHub-Delivery": guid, "X-Hub-Signature-256": signed}
        headers = {name: value for name, value in given.items() if value is not None}
        async with self.session.post(f"{self.url}/webhooks/github", data=BytesIO(body), headers=headers) as response:
            return response.status

    @asynccontextmanager
    async def undelivered(self) -> AsyncIterator[list[Delivery]]:
        """Let webhooks fail inside; the list holds them afterwards, oldest first, to be sent by `sandbox.redeliver`."""
        assert self.world.app is not None
        kept: list[Delivery] = []
        address, self.world.app.webhook_url = self.world.app.webhook_url, "http://127.0.0.1:9/nobody-listens-here"
        known = len(self.sandbox.deliveries)
        try:
            yield kept
            await self.sandbox.settled()
        finally:
            self.world.app.webhook_url = address
        kept.extend(self.sandbox.deliveries[known:])

    async def redeliver(self, *deliveries: Delivery) -> None:
        """Send deliveries again in this order, each once the one before has been worked on."""
        for delivery in deliveries:
            await self.sandbox.redeliver(delivery)
            await self.settled()

    # what is seen

    def answers(self, repository: str = LANTERN, number: int | None = None) -> list[Json]:
        """Return the App's comments of a thread, oldest first."""
        place = self.number if number is None else number
        return [one for one in self.sandbox.comments(repository, place) if one["user"]["login"] == APP]

    def answers_to(self, said: Said) -> list[Json]:
        """Return the App's comments that carry the hidden key of this command."""
        key = f"<!-- almanac:answer-{self.repository_id(said.repository)}-{said.id} -->"
        return [one for one in self.answers(said.repository, said.number) if key in one["body"]]

    def answer_to(self, said: Said) -> str:
        """Return the one finished comment that answers this command."""
        (only,) = self.answers_to(said)
        body: str = only["body"]
        assert WAITING not in body, body[:300]
        return body

    def is_answered(self, said: Said) -> bool:
        """Tell whether there is a finished answer to this command."""
        return any(WAITING not in one["body"] for one in self.answers_to(said))

    def reactions(self, said: Said) -> list[str]:
        """Return how the App reacted to a comment."""
        return [one.content for one in self.world.comments[said.id].reactions if one.user.rest_login == APP]

    @property
    def asked(self) -> int:
        """How many requests there have been: the place to count from."""
        return len(self.sandbox.requests)

    def requests(self, since: int = 0, operation: str | None = None) -> list[RequestRecord]:
        """Return the requests made from the place `since` on; with `operation` only those GraphQL ones."""
        found = self.sandbox.requests[since:]
        return [one for one in found if operation is None or one.operation == operation]

    def reads(self, since: int = 0) -> list[str]:
        """Return the GraphQL operations and the lists asked for from the place `since` on."""
        return [
            one.operation or one.path
            for one in self.requests(since)
            if one.operation or (one.method == "GET" and "per_page" in one.query)
        ]

    def break_(self, kind: Kind, method: str | None = None, path: str | None = None, **options: Any) -> Fault:
        """Make requests go wrong; `operation` names GraphQL ones."""
        match = Match(method, path, options.pop("operation", None))
        return self.sandbox.faults.add(Fault(match, kind, **options))

    def repository_id(self, full_name: str) -> int:
        """Return a repository's numeric id."""
        found = self.world.repository(full_name)
        assert found is not None
        return found.id

    # the queue

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        """Hold a connection to the server's database, for who asks more than once."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            yield lambda query, *values: [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()

    def rows(self, query: str, *values: object) -> list[Json]:
        """Ask the server's database."""
        with self.asking() as ask:
            return ask(query, *values)

    def jobs(self, kind: str | None = None) -> list[Json]:
        """Return the jobs, oldest first."""
        return [row for row in self.rows("SELECT * FROM jobs ORDER BY id") if kind is None or row["kind"] == kind]

    def marks(self, repository: str = LANTERN) -> dict[str, Json]:
        """Return how far each dataset of a repository has been read."""
        rows = self.rows("SELECT * FROM watermarks WHERE repository_id = ?", self.repository_id(repository))
        return {row["dataset"]: row for row in rows}

    def idle(self) -> bool:
        """Tell whether nothing runs and nothing is due."""
        with self.asking() as ask:
            return not self.left(ask)

    def left(self, ask: Ask) -> int:
        """Return how many jobs run or are due."""
        now = int(self.sandbox.clock.now().timestamp() * 1_000_000)
        return int(ask(f"SELECT count(*) AS jobs FROM jobs WHERE {LEFT}", now)[0]["jobs"])

    @staticmethod
    async def until(true: Callable[[], object], what: str) -> None:
        """Return as soon as `true()` is."""
        await until(true, what)

    async def settled(self) -> None:
        """Return once every webhook was delivered and nothing runs or is due."""
        await self.sandbox.settled()
        with self.asking() as ask:

            def known() -> int:
                return int(ask("SELECT count(*) AS jobs FROM jobs")[0]["jobs"])

            while True:
                await until(lambda: not self.left(ask), "the server to have nothing left to do")
                before = known()
                await self.sandbox.settled()
                if not self.left(ask) and known() == before:
                    return


async def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Return as soon as `true()` is; fail with a sentence if it does not become so."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s for {what}"
        await asyncio.sleep(0.01)


async def shortly(seconds: float) -> None:
    """Wait a fiftieth of the time: what the stories are about is that and when the server waits, not how long."""
    await asyncio.sleep(seconds / 50)


def environment(sandbox: Sandbox, keys: AppKeys, port: int, folder: Path, **changed: str) -> dict[str, str]:
    """Return what a real installation sets, and the sandbox's clock."""
    return {
        "GITHUB_APP_ID": str(keys.app_id),
        "GITHUB_PRIVATE_KEY": keys.private_key,
        "GITHUB_WEBHOOK_SECRET": keys.webhook_secret,
        "GITHUB_API_URL": sandbox.url,
        "GITHUB_URL": sandbox.url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CLOCK_URL": sandbox.clock_url,
        **changed,
    }


@asynccontextmanager
async def people_and_github(folder: Path, port: int) -> AsyncIterator[Town]:
    """Open the sandbox and everything but the server, which is expected on `port`."""
    world, keys = new_world()
    assert world.app is not None
    url = f"http://127.0.0.1:{port}"
    world.app.webhook_url = f"{url}/webhooks/github"
    async with Sandbox(world, hook_delay=0) as sandbox, aiohttp.ClientSession() as session:
        town = Town(world, keys, sandbox, url, folder / "almanac.db", session, 0)
        town.number = town.open_issue(LANTERN)
        yield town


@asynccontextmanager
async def serving(town: Town, listening: socket.socket, folder: Path, **changed: str) -> AsyncIterator[None]:
    """Run the server in this process until the context ends."""
    port = listening.getsockname()[1]
    settings = Settings.from_environ(environment(town.sandbox, town.keys, port, folder, **changed))
    runner = runner_of(create_app(settings, shortly))

    @asynccontextmanager
    async def the_sandboxs_own(_url: str, _session: aiohttp.ClientSession) -> AsyncIterator[SameClock]:
        yield SameClock(town.sandbox.clock)  # in one process nobody has to ask over HTTP what time it is

    with patch.object(bot.app, "following", the_sandboxs_own):
        await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_town(folder: Path, **changed: str) -> AsyncIterator[Town]:
    """Open a town with the server in this process; `changed` are variables of its environment."""
    with listener() as listening:
        async with (
            people_and_github(folder, listening.getsockname()[1]) as town,
            serving(town, listening, folder, **changed),
        ):
            yield town


def listener(port: int = 0) -> socket.socket:
    """Return a bound socket on loopback, so that its port is known before anybody listens."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


class SameClock:
    """The sandbox's clock, where the server expects one that it follows."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock.now

    async def read(self) -> None:
        """Look at it again: it is always right."""


class Child:
    """The server as a process of its own, to be killed."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        self.environment = {**kept, **variables}
        self.log = folder / "server.log"
        self.process: asyncio.subprocess.Process | None = None
        self.killed = False

    @property
    def ready_url(self) -> str:
        """Where it says whether it is ready."""
        return f"{self.environment['PUBLIC_URL']}/readyz"

    async def start(self, session: aiohttp.ClientSession) -> None:
        """Start it and return once it is ready, or once the story itself has killed it."""
        self.killed = False
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE
        while True:
            if self.killed:
                return
            assert self.process.returncode is None, self.log.read_text()[-2000:]
            assert time.monotonic() < end, "the server did not become ready"
            try:
                async with session.get(self.ready_url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.02)

    def kill(self) -> None:
        """Kill it as the kernel would, at this very moment."""
        if self.process is not None:
            self.killed = True
            with suppress(ProcessLookupError):  # it is dead already
                self.process.kill()

    async def gone(self) -> None:
        if self.process is not None:
            await self.process.wait()
            self.process = None
            # what this process knows as a secret, and what looks like one, is looked for in what that one wrote
            for line in self.log.read_text(errors="replace").splitlines():
                LINES.look(line)


PICTURE_ADDRESS = re.compile(r"/pictures/[\w-]{43}\.png")


def numbers_of(body: str) -> str:
    """Return an answer without what differs between two equal ones: addresses of pictures, ages and the hidden key."""
    body = PICTURE_ADDRESS.sub("/pictures/….png", body)
    body = re.sub(r"http://127\.0\.0\.1:\d+", "", body)
    body = re.sub(r", synced [^·]*·", ", synced ·", body)
    return re.sub(r"\n\n<!-- .* -->$", "", body)
