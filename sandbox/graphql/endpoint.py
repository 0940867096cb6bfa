"""`POST /graphql`: an HTTP request in, an outcome of the engine out."""

from __future__ import annotations

from aiohttp import web

from sandbox.errors import Refusal
from sandbox.rest.routing import answer, body, caller
from sandbox.state import COST, state


async def post(request: web.Request) -> web.Response:
    """Answer a query; needs a token, since GraphQL knows no anonymous callers."""
    here, who = state(request), caller(request)
    if who.account is None:
        raise Refusal(401, "This endpoint requires you to be authenticated.")
    now = here.world.clock.now()
    covered = len(here.world.covered(who.installation)) if who.installation else 0
    account = here.limits.account(who, "graphql", now, covered)
    outcome = here.graphql.run(await body(request), who, account, now, here.base)
    account.used = min(account.limit, account.used + outcome.points)
    request[COST] = outcome.points
    return answer(outcome.body)
