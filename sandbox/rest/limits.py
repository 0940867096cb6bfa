"""What is left of the hour; asking costs nothing."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.limits import Resource
from sandbox.rest.routing import Route, answer, caller
from sandbox.state import state


async def get_rate_limit(request: web.Request) -> web.Response:
    """`GET /rate_limit`."""
    here, who = state(request), caller(request)
    covered = len(here.world.covered(who.installation)) if who.installation else 0

    def shown(resource: Resource) -> dict[str, Any]:
        account = here.limits.account(who, resource, here.world.clock.now(), covered)
        return {
            "limit": account.limit, "used": account.used, "remaining": account.remaining,
            "reset": int(account.reset_at.timestamp()),
        }  # fmt: skip

    core = shown("core")
    return answer({"resources": {"core": core, "graphql": shown("graphql")}, "rate": core})


ROUTES = (Route("GET", "/rate_limit", get_rate_limit),)
