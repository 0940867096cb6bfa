"""People: the token's own account, and anybody's public one."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import payloads
from sandbox.errors import Refusal, forbidden, not_found
from sandbox.rest.routing import Route, answer, caller
from sandbox.state import state
from sandbox.things import Account


def _public(account: Account, base: str) -> dict[str, Any]:
    return {
        **payloads.account(account, base), "name": account.name, "company": None, "blog": "", "location": None,
        "email": None, "hireable": None, "bio": None, "public_repos": 0, "public_gists": 0, "followers": 0,
        "following": 0, "created_at": "2014-01-01T00:00:00Z", "updated_at": "2014-01-01T00:00:00Z",
    }  # fmt: skip


async def get_user(request: web.Request) -> web.Response:
    """`GET /user`: for persons; an installation is none."""
    who = caller(request)
    if who.installation is not None:
        raise forbidden()
    if who.account is None:
        raise Refusal(401, "Requires authentication")
    return answer(_public(who.account, state(request).base))


async def get_by_login(request: web.Request) -> web.Response:
    """`GET /users/{username}`."""
    account = state(request).world.accounts.get(request.match_info["username"].lower())
    if account is None:
        raise not_found()
    return answer(_public(account, state(request).base))


ROUTES = (
    Route("GET", "/user", get_user),
    Route("GET", "/users/{username}", get_by_login),
)
