"""The labels of a repository, apart from what they are put on."""

from __future__ import annotations

from aiohttp import web

from sandbox import payloads
from sandbox.errors import invalid
from sandbox.rest.routing import REPOSITORY, Route, answer, body, guard, page
from sandbox.state import state


async def list_of_repository(request: web.Request) -> web.Response:
    """`GET …/labels`."""
    found = guard(request, "issues:read")
    chosen, headers = page(request, sorted(found.labels))
    return answer([payloads.label(name, found, state(request).base) for name in chosen], headers=headers)


async def create(request: web.Request) -> web.Response:
    """`POST …/labels`; a name that is there already, in any case, is refused."""
    found = guard(request, "issues:write")
    wanted = await body(request)
    name = str(wanted.get("name") or "")
    if not name.strip():
        raise invalid("Label", "name")
    if name.lower() in {known.lower() for known in found.labels}:
        raise invalid("Label", "name", "already_exists")
    description = wanted.get("description")
    found.labels[name] = (str(wanted.get("color") or "ededed"), None if description is None else str(description))
    return answer(payloads.label(name, found, state(request).base), 201)


ROUTES = (
    Route("GET", REPOSITORY + "/labels", list_of_repository),
    Route("POST", REPOSITORY + "/labels", create),
)
