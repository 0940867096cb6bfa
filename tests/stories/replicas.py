"""Several servers as processes of their own over one PostgreSQL, behind a balancer, to be killed and added."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.stories.town import Child, Town, environment, listener, people_and_github

LARGEST = 25_000_000  # bytes of a webhook, by GitHub's own word


class Replica(Child):
    """One server: as `Child`, but ready when it says so itself, not when the address that everybody knows does."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        super().__init__(folder, variables)
        self.url = f"http://127.0.0.1:{variables['PORT']}"

    @property
    def ready_url(self) -> str:
        return f"{self.url}/readyz"

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None and not self.killed


class Replicas:
    """The servers that run, and the one address in front of them."""

    def __init__(self, town: Town, folder: Path, variables: dict[str, str]) -> None:
        self.town, self.folder, self.variables = town, folder, variables
        self.running: list[Replica] = []
        self.begun = 0
        self.chance = random.Random(7)

    async def add(self) -> Replica:
        """Start one more, with a folder, a port and nothing else of its own."""
        self.begun += 1
        folder = self.folder / f"replica-{self.begun}"
        folder.mkdir()
        with listener() as probe:
            port = probe.getsockname()[1]
        keys = self.town.keys
        web_flow = {"GITHUB_CLIENT_ID": keys.client_id, "GITHUB_CLIENT_SECRET": keys.client_secret}
        given = environment(self.town.sandbox, keys, port, folder, **web_flow, **self.variables)
        made = Replica(folder, given | {"PUBLIC_URL": self.town.url})
        self.running.append(made)
        await made.start(self.town.session)
        return made

    def kill_one(self) -> None:
        """Kill any of those that live, at this very moment; the last one is spared."""
        alive = [one for one in self.running if one.is_alive]
        if len(alive) > 1:
            self.chance.choice(alive).kill()

    async def bury(self) -> int:
        """Forget those that are dead; return how many there were."""
        dead = [one for one in self.running if not one.is_alive]
        for one in dead:
            await one.gone()
            self.running.remove(one)
        return len(dead)

    async def close(self) -> None:
        """Kill all of them."""
        for one in self.running:
            one.kill()
        await asyncio.gather(*(one.gone() for one in self.running))

    async def pass_on(self, request: web.Request) -> web.Response:
        """Give a request to any server that lives; where it dies before it has answered, to another, as proxies do."""
        body = await request.read()
        # Transfer-Encoding and Host are this connection's own
        headers = {name: value for name, value in request.headers.items() if name not in ("Host", "Transfer-Encoding")}
        alive = [one for one in self.running if one.is_alive]
        for one in self.chance.sample(alive, len(alive)):
            try:
                async with self.town.session.request(
                    request.method, one.url + request.path_qs, data=body, headers=headers, allow_redirects=False
                ) as answer:
                    passed = web.Response(status=answer.status, body=await answer.read())
                    for name in ("Content-Type", "Location", "Set-Cookie"):
                        for value in answer.headers.getall(name, []):
                            passed.headers.add(name, value)
                    return passed
            except aiohttp.ClientError:
                continue
        raise web.HTTPBadGateway(text="no server answers")


@asynccontextmanager
async def replicas(folder: Path, count: int, **variables: str) -> AsyncIterator[tuple[Town, Replicas]]:
    """Open a town with so many servers; `variables` are the same for all of them."""
    async with AsyncExitStack() as open_ones:
        listening = open_ones.enter_context(listener())
        town = await open_ones.enter_async_context(people_and_github(folder, listening.getsockname()[1]))
        servers = Replicas(town, folder, variables)
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", servers.pass_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        open_ones.push_async_callback(runner.cleanup)
        open_ones.push_async_callback(servers.close)
        await web.SockSite(runner, listening).start()
        first: Any = await servers.add()  # it finds the database as it is; the others come when it is ready
        assert first.is_alive
        await asyncio.gather(*(servers.add() for _ in range(count - 1)))
        yield town, servers
