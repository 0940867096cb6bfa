"""How REST handlers are addressed, read their request and shape their answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from sandbox.callers import Caller
from sandbox.errors import DOCS, Refusal, not_found
from sandbox.state import CALLER, state
from sandbox.things import Issue, Pull, Repository

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REPOSITORY = "/repos/{owner}/{repo}"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path and who answers; every path of a repository is also one of its numeric id."""

    method: str
    path: str
    handler: Handler

    def paths(self) -> list[str]:
        found = [self.path]
        if self.path.startswith(REPOSITORY):
            found.append("/repositories/{repository_id:\\d+}" + self.path.removeprefix(REPOSITORY))
        return found + [f"/api/v3{path}" for path in found]


def caller(request: web.Request) -> Caller:
    """Who asks, as the middleware understood it."""
    return request[CALLER]


def require_app(request: web.Request) -> None:
    """Endpoints of the App itself take its JWT and nothing else."""
    if not caller(request).is_app:
        raise Refusal(401, "A JSON web token could not be decoded")


def repository(request: web.Request) -> Repository:
    """Find the repository addressed, by id or by name, if the caller may know of it; a former name redirects."""
    here, info = state(request), request.match_info
    if "repository_id" in info:
        found = here.world.repositories.get(int(info["repository_id"]))
    else:
        full_name = f"{info['owner']}/{info['repo']}"
        found = here.world.repository(full_name)
        moved = here.world.renamed(full_name) if found is None else None
        if moved is not None and here.gate.sees(caller(request), moved):
            raise _moved(request, moved, full_name)
    if found is None or not here.gate.sees(caller(request), found):
        raise not_found()
    return found


def _moved(request: web.Request, found: Repository, full_name: str) -> Refusal:
    rest = request.path_qs.split(f"/repos/{full_name}", 1)[-1]
    url = f"{state(request).base}/repositories/{found.id}{rest}"
    status, message = (301, "Moved Permanently") if request.method in ("GET", "HEAD") else (307, "Temporary Redirect")
    refusal = Refusal(status, message, headers={"Location": url}, documentation_url=DOCS)
    refusal.url = url
    return refusal


def guard(request: web.Request, permission: str, *, public: bool = True) -> Repository:
    """Return the repository addressed, which the caller may use so."""
    found = repository(request)
    state(request).gate.require(caller(request), found, permission, public=public)
    return found


def thread(found: Repository, number: str) -> Issue | Pull:
    """Issue or pull request `number` of a repository; 404 where there is none."""
    item = found.threads.get(int(number)) if number.isdigit() else None
    if item is None and number.isdigit() and int(number) in found.deleted:
        raise Refusal(410, "This issue was deleted")
    if item is None:
        raise not_found()
    return item


def guard_thread(request: web.Request, level: str) -> Issue | Pull:
    """Return the issue or pull request addressed; for the latter either permission will do."""
    found = repository(request)
    item = thread(found, request.match_info["issue_number"])
    guard_item(request, item, level)
    return item


def guard_item(request: web.Request, item: Issue | Pull, level: str) -> None:
    """Check `issues`, or for a pull request `pull_requests` as well, at `level`."""
    here, who = state(request), caller(request)
    if isinstance(item, Pull) and who.allows(f"pull_requests:{level}"):
        here.gate.require(who, item.repository, f"pull_requests:{level}")
    else:
        here.gate.require(who, item.repository, f"issues:{level}")


async def body(request: web.Request) -> dict[str, Any]:
    """Read a JSON object; GitHub's 400 for anything else."""
    raw = await request.read()
    if not raw:
        return {}
    try:
        value = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(value, dict):
        raise Refusal(400, "Body should be a JSON object")
    return value


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer as GitHub labels it."""
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )


def page(request: web.Request, items: Sequence[T]) -> tuple[Sequence[T], dict[str, str]]:
    """Cut out the page asked for by `page` and `per_page` (30, at most 100) and link its neighbours."""
    per_page = min(100, max(1, whole(request, "per_page", 30)))
    number = max(1, whole(request, "page", 1))
    last = max(1, -(-len(items) // per_page))
    links = []
    if number > 1:
        links += [("prev", min(number - 1, last)), ("first", 1)]
    if number < last:
        links += [("next", number + 1), ("last", last)]
    order = ("prev", "next", "last", "first")
    links.sort(key=lambda link: order.index(link[0]))
    header = ", ".join(f'<{address(request, page=str(target))}>; rel="{name}"' for name, target in links)
    chosen = items[(number - 1) * per_page : number * per_page]
    return chosen, {"Link": header} if header else {}


def whole(request: web.Request, name: str, default: int) -> int:
    """A whole number of the query string; anything else is the default, as GitHub does."""
    text = request.query.get(name, "")
    return int(text) if text.isdigit() else default


def address(request: web.Request, **changes: str) -> str:
    """The request's own address with some of its query changed; a repository's is given by its id."""
    url = request.url.update_query(changes)
    path, info = url.path, request.match_info
    if "owner" in info and "repo" in info:
        full_name = f"{info['owner']}/{info['repo']}"
        found = state(request).world.repository(full_name)
        if found is not None:
            path = path.replace(f"/repos/{full_name}", f"/repositories/{found.id}", 1)
    return f"{state(request).base}{path}?{url.raw_query_string}"
