"""The App itself, its installations and their tokens."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import payloads
from sandbox.apps import AppRegistration, Installation
from sandbox.callers import SUSPENDED
from sandbox.clock import iso
from sandbox.errors import Refusal, forbidden, not_found
from sandbox.rest.routing import Route, answer, body, caller, page, repository, require_app
from sandbox.state import state


def _registration(request: web.Request) -> AppRegistration:
    require_app(request)
    registration = state(request).world.app
    if registration is None:
        raise not_found()
    return registration


def _installation(request: web.Request) -> Installation:
    require_app(request)
    found = state(request).world.installations.get(int(request.match_info["installation_id"]))
    if found is None or found.removed_at is not None:
        raise not_found()
    return found


async def get_app(request: web.Request) -> web.Response:
    """`GET /app`."""
    registration, here = _registration(request), state(request)
    count = sum(one.removed_at is None for one in here.world.installations.values())
    return answer(payloads.app(registration, here.base, count))


async def list_installations(request: web.Request) -> web.Response:
    """`GET /app/installations`, suspended ones too."""
    registration, here = _registration(request), state(request)
    present = [one for one in here.world.installations.values() if one.removed_at is None]
    chosen, headers = page(request, present)
    return answer([payloads.installation(one, registration, here.base) for one in chosen], headers=headers)


async def get_installation(request: web.Request) -> web.Response:
    """`GET /app/installations/{installation_id}`."""
    return answer(payloads.installation(_installation(request), _registration(request), state(request).base))


async def create_token(request: web.Request) -> web.Response:
    """`POST /app/installations/{installation_id}/access_tokens`."""
    found, here = _installation(request), state(request)
    wanted = await body(request)
    issued = here.gate.issue(found, wanted, here.world.clock.now())
    selection = "selected" if issued.repository_ids is not None else found.selection
    value: dict[str, Any] = {
        "token": issued.token, "expires_at": iso(issued.expires_at),
        "permissions": dict(issued.permissions), "repository_selection": selection,
    }  # fmt: skip
    if issued.repository_ids is not None:
        value["repositories"] = [
            payloads.repository(one, here.base) for one in here.world.covered(found) if one.id in issued.repository_ids
        ]
    return answer(value, 201)


async def installation_repositories(request: web.Request) -> web.Response:
    """`GET /installation/repositories`: what this token reaches."""
    who, here = caller(request), state(request)
    if who.installation is None:
        raise Refusal(403, "You must authenticate with an installation access token in order to list repositories.")
    covered = [
        one
        for one in here.world.covered(who.installation)
        if who.repository_ids is None or one.id in who.repository_ids
    ]
    chosen, headers = page(request, covered)
    value = {
        "total_count": len(covered), "repository_selection": who.installation.selection,
        "repositories": [payloads.repository(one, here.base) for one in chosen],
    }  # fmt: skip
    return answer(value, headers=headers)


async def repository_installation(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/installation`: which installation covers a repository."""
    registration, here = _registration(request), state(request)
    info = request.match_info
    found = here.world.repository(f"{info['owner']}/{info['repo']}") if "owner" in info else repository(request)
    one = here.world.installed_on(found) if found else None
    if one is None:
        raise not_found()
    return answer(payloads.installation(one, registration, here.base))


async def suspend(request: web.Request) -> web.Response:
    """`PUT` and `DELETE /app/installations/{installation_id}/suspended`."""
    found, here = _installation(request), state(request)
    if request.method == "PUT":
        if found.suspended_at is not None:
            raise Refusal(403, SUSPENDED)
        found.suspended_at = here.world.now()
    elif found.suspended_at is None:
        raise forbidden()
    else:
        found.suspended_at = None
    return web.Response(status=204)


ROUTES = (
    Route("GET", "/app", get_app),
    Route("GET", "/app/installations", list_installations),
    Route("GET", "/app/installations/{installation_id:\\d+}", get_installation),
    Route("POST", "/app/installations/{installation_id:\\d+}/access_tokens", create_token),
    Route("PUT", "/app/installations/{installation_id:\\d+}/suspended", suspend),
    Route("DELETE", "/app/installations/{installation_id:\\d+}/suspended", suspend),
    Route("GET", "/installation/repositories", installation_repositories),
    Route("GET", "/repos/{owner}/{repo}/installation", repository_installation),
)
