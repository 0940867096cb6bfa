"""A server beside a sandbox, and a person who asks there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.serving import Serving, at_rest, environment, free_port, server
from bot.commands.demo import STILL_READING
from bot.inbox import PATH
from sandbox.build import VISITOR
from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from sandbox.world import World

ANSWER_SECONDS = 120.0
LOOK_SECONDS = 0.002
APART_SECONDS = 2.5  # between two questions: the App writes at most once a second after a burst


@dataclass(frozen=True)
class Town:
    """The sandbox, the server that answers in it, and the thread that is asked in."""

    sandbox: Sandbox
    serving: Serving
    repository: str
    number: int
    log: Path
    folder: Path

    async def ask(self, comment: str) -> float:
        """Write a comment; return the seconds until its finished answer stands in the thread."""
        known = {one["id"] for one in self.sandbox.comments(self.repository, self.number)}
        begun = time.perf_counter()
        await self.sandbox.comment(self.repository, self.number, VISITOR, comment)
        while not self.answered(known):
            if time.perf_counter() - begun > ANSWER_SECONDS:
                raise TimeoutError(f"no answer to {comment}; the server's log ends {self.log.read_text()[-3000:]}")
            await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - begun

    def answered(self, known: set[int]) -> bool:
        return any(
            one["user"]["type"] == "Bot" and one["id"] not in known and STILL_READING not in one["body"]
            for one in self.sandbox.comments(self.repository, self.number)
        )

    async def ask_often(self, comment: str, times: int) -> list[float]:
        """Ask the same again and again, far enough apart that no write has to wait for its turn."""
        taken = []
        for _ in range(times):
            taken.append(await self.ask(comment))
            await asyncio.sleep(APART_SECONDS)
        return taken


@asynccontextmanager
async def town(world: World, keys: AppKeys, repository: str, folder: Path, **more: str) -> AsyncIterator[Town]:
    """Serve a world and its App, whose server keeps its data in `folder`, until the context ends.

    more: what its environment has besides.
    """
    found = world.repository(repository)
    assert found is not None
    assert world.app is not None
    issue = world.open_issue(found, world.account(VISITOR), "How are we doing?")
    port = free_port()
    world.app.webhook_url = f"http://127.0.0.1:{port}{PATH}"
    async with (
        Sandbox(world, hook_delay=0.0) as sandbox,
        server(environment(keys, folder, port, sandbox) | more, log=folder / "log") as running,
    ):
        await at_rest(running.process)
        yield Town(sandbox, running, repository, issue.number, folder / "log", folder)
