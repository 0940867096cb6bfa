"""Who starred a repository, and who watches it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from sandbox import payloads
from sandbox.errors import Refusal
from sandbox.fans import Fan
from sandbox.rest.routing import REPOSITORY, Route, answer, guard, page, whole
from sandbox.state import state

LAST_PAGE = 400  # GitHub lists no more pages of stars


async def list_stargazers(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/stargazers`, oldest first; `application/vnd.github.star+json` tells when."""
    found = guard(request, "metadata:read")
    if whole(request, "page", 1) > LAST_PAGE:
        raise Refusal(422, "In order to keep the API fast for everyone, pagination is limited for this resource.")
    chosen, headers = page(request, found.fans.stars())
    base = state(request).base
    if "star+json" in request.headers.get("Accept", ""):
        return answer(
            [{"starred_at": one.at, "user": payloads.account(one.user, base)} for one in chosen], headers=headers
        )
    return answer(_people(chosen, base), headers=headers)


async def list_subscribers(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/subscribers`: who watches."""
    found = guard(request, "metadata:read")
    chosen, headers = page(request, found.fans.watches())
    return answer(_people(chosen, state(request).base), headers=headers)


def _people(fans: Sequence[Fan], base: str) -> list[payloads.Json]:
    return [payloads.account(one.user, base) for one in fans]


ROUTES = (
    Route("GET", REPOSITORY + "/stargazers", list_stargazers),
    Route("GET", REPOSITORY + "/subscribers", list_subscribers),
)
