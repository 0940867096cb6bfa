"""What one running sandbox holds, and how a request handler reaches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.actions import Hands
from sandbox.callers import Caller, Gate
from sandbox.faults import Faults
from sandbox.hooks import Hooks
from sandbox.limits import Limits
from sandbox.manifest import Manifests
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.graphql.execute import Engine


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request to the API as it arrived, without its credentials, and the status it got (0: none arrived)."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    operation: str | None
    status: int
    at: datetime
    caller: str
    cost: int = 0


@dataclass(slots=True)
class State:
    """Everything behind one sandbox's address."""

    world: World
    gate: Gate
    hooks: Hooks
    hands: Hands
    limits: Limits
    faults: Faults
    graphql: Engine
    manifests: Manifests = field(default_factory=Manifests)
    requests: list[RequestRecord] = field(default_factory=list)
    kept: int | None = None
    tally: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def record(self, request: RequestRecord, route: str) -> None:
        """Count a request by method, route and status, and remember it; only the last ones where `kept` says so."""
        self.tally[request.method, route, request.status] += 1
        self.requests.append(request)
        if self.kept is not None and len(self.requests) > 2 * self.kept:
            del self.requests[: -self.kept]

    @property
    def base(self) -> str:
        return self.hooks.base


STATE: web.AppKey[State] = web.AppKey("STATE", State)
CALLER: web.RequestKey[Caller] = web.RequestKey("CALLER", Caller)
OPERATION: web.RequestKey[str] = web.RequestKey("OPERATION", str)
COST: web.RequestKey[int] = web.RequestKey("COST", int)


def state(request: web.Request) -> State:
    """The sandbox that serves this request."""
    return request.app[STATE]
