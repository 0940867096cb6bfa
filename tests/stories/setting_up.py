"""A server without credentials as a process of its own, and the GitHub it is to be registered at."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from sandbox.registration import AppKeys
from sandbox.server import Sandbox
from tests.stories.town import LANTERN, PATIENCE, ROOT, Town, listener, new_world, until

CODE = re.compile(r'"code": ?"([0-9a-z-]{14})"')


@dataclass
class Unset:
    """A server that waits to be set up."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    url: str
    folder: Path
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the server."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )

    async def run(self, *words: str) -> tuple[int, str]:
        """Run another command with the server's environment; return its status and what it said."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, env=self.environment, cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(child.communicate(), PATIENCE)
        assert child.returncode is not None
        return child.returncode, said.decode()

    async def kill(self) -> None:
        """Kill it as the kernel would."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    def has_loaded(self, library: str) -> bool:
        """Tell whether the running server has a compiled part of this library in memory."""
        assert self.process is not None
        return f"/{library}/" in Path(f"/proc/{self.process.pid}/maps").read_text()

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    @property
    def code(self) -> str:
        """The code that counts: the last one in the log."""
        return str(CODE.findall(self.log)[-1])

    @property
    def credentials(self) -> Path:
        return self.folder / "data" / "github-app.json"

    async def status(self, path: str, method: str = "GET") -> int:
        async with self.session.request(method, self.url + path, allow_redirects=False) as response:
            return response.status

    async def ready(self) -> None:
        """Return once the server works as the App."""
        end = time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, self.log[-3000:]
            try:
                if await self.status("/readyz") == 200:
                    return
            except aiohttp.ClientConnectionError:
                pass  # between two programs in one process
            await asyncio.sleep(0.05)

    def town(self) -> Town:
        """Return what people do, now that there is an App."""
        world = self.sandbox.world
        stored = json.loads(self.credentials.read_bytes())
        keys = AppKeys(stored["app_id"], stored["client_id"], stored["private_key"], stored["webhook_secret"])
        town = Town(world, keys, self.sandbox, self.url, self.folder / "data" / "almanac.db", self.session, 0)
        town.number = town.open_issue(LANTERN)
        return town


@asynccontextmanager
async def unset(folder: Path, **changed: str) -> AsyncIterator[Unset]:
    """Start a GitHub without an App, and the server with nothing but addresses in its environment."""
    world, _ = new_world()
    world.app = None
    world.installations.clear()
    with listener() as socket:
        port = socket.getsockname()[1]
    async with Sandbox(world, hook_delay=0) as sandbox, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        environment = {
            **kept, "GITHUB_API_URL": sandbox.url, "GITHUB_URL": sandbox.url, "PUBLIC_URL": url,
            "DATA_DIR": str(folder / "data"), "HOST": "127.0.0.1", "PORT": str(port), "CLOCK_URL": sandbox.clock_url,
            **changed,
        }  # fmt: skip
        server = Unset(sandbox, session, url, folder, environment)
        await server.start()
        try:
            await until(lambda: "waiting to be set up" in server.log, "the set-up to be served")
            yield server
        finally:
            if server.process is not None and server.process.returncode is None:
                server.process.send_signal(signal.SIGTERM)
                await server.process.wait()
