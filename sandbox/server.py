"""A small GitHub on loopback: `async with Sandbox(world) as sandbox:` and `sandbox.url` answers."""

from __future__ import annotations

from collections import Counter
from typing import Any, Self

from aiohttp import web

from sandbox import control, page, rest, sign_in
from sandbox.actions import Hands
from sandbox.callers import Gate
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.graphql import endpoint
from sandbox.graphql.execute import Engine
from sandbox.hooks import Delivery, Hooks
from sandbox.limits import Limits
from sandbox.middleware import API, api
from sandbox.page import registering
from sandbox.payloads import comment as shown
from sandbox.state import STATE, RequestRecord, State
from sandbox.web_flow import WebFlow
from sandbox.world import World

LARGEST_REQUEST = 25 * 1024**2
GRAPHQL_PATHS = ("/graphql", "/api/graphql")


class Sandbox:
    """Serves a world over HTTP on 127.0.0.1; port 0 takes a free one.

    REST and GraphQL lie at `url`, the pages people look at beside them, the control interface under `url/_sandbox/`.
    `graphql_budget` is how many nodes a query may return before the rest fails with RESOURCE_LIMITS_EXCEEDED.
    `requests` remembers every request, or at least the last `keep_requests`; `tally` counts all of them.
    """

    def __init__(
        self,
        world: World,
        port: int = 0,
        *,
        limits: Limits | None = None,
        graphql_budget: int | None = None,
        seed: int = 0,
        hook_delay: float = 0.01,
        keep_requests: int | None = None,
    ) -> None:
        self.world = world
        hooks, gate = Hooks(world, delay=hook_delay, seed=seed), Gate(world, seed)
        self.web_flow = WebFlow(world, gate)
        self.state = State(
            world,
            gate,
            hooks,
            Hands(world, hooks),
            limits or Limits(),
            Faults(seed),
            Engine(world, gate, graphql_budget),
            kept=keep_requests,
        )
        self._port, self._runner = port, web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.state.hooks.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self.state.hooks.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.state.hooks.stop()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self.state.hooks.base

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def clock_url(self) -> str:
        return f"{self.url}/_sandbox/clock"

    @property
    def hands(self) -> Hands:
        """What owners do: install, suspend, uninstall, choose repositories, rename; each tells the App."""
        return self.state.hands

    @property
    def faults(self) -> Faults:
        return self.state.faults

    @property
    def limits(self) -> Limits:
        return self.state.limits

    @property
    def requests(self) -> list[RequestRecord]:
        return self.state.requests

    @property
    def tally(self) -> Counter[tuple[str, str, int]]:
        """How many requests came, by method, route (`/repos/{owner}/{repo}`) and status."""
        return self.state.tally

    @property
    def deliveries(self) -> list[Delivery]:
        return self.state.hooks.deliveries

    async def comment(self, full_name: str, number: int, login: str, body: str) -> dict[str, Any]:
        """Write a comment as a person and tell the App; KeyError where the thread is missing."""
        return await self.state.hands.comment(full_name, number, login, body)

    async def edit_comment(self, comment_id: int, login: str, body: str) -> dict[str, Any]:
        """Edit a comment as a person and tell the App."""
        return await self.state.hands.edit_comment(comment_id, login, body)

    async def delete_comment(self, comment_id: int, login: str) -> None:
        """Delete a comment as a person and tell the App."""
        await self.state.hands.delete_comment(comment_id, login)

    def comments(self, full_name: str, number: int) -> list[dict[str, Any]]:
        """The thread as REST shows it, oldest first; each comment's `reactions` counts them."""
        return [shown(one, self.url) for one in self.world.thread(full_name, number).comments]

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send a delivery again with the same guid."""
        return self.state.hooks.redeliver(delivery)

    async def settled(self) -> None:
        """Return once every webhook queued so far was sent and answered, or given up."""
        await self.state.hooks.settled()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[api], client_max_size=LARGEST_REQUEST)
        application[STATE] = self.state
        application[API] = frozenset({route.handler for route in rest.ROUTES} | {endpoint.post})
        for path in GRAPHQL_PATHS:
            application.router.add_post(path, endpoint.post)
        control.setup(application)
        rest.setup(application)
        sign_in.setup(application, self.web_flow)
        registering.setup(application)
        # Last, since `/{owner}/{name}` would fit many an address of the API.
        page.setup(application, self.world, self.state.hands)
        return application
