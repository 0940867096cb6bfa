"""Traffic: views and clones by day or week, and the busiest referrers and paths, with GitHub's refusals."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from sandbox.callers import Caller
from sandbox.errors import Refusal, invalid
from sandbox.rest.routing import REPOSITORY, Route, answer, caller, guard
from sandbox.state import state
from sandbox.things import Repository
from sandbox.traffic import TOP, Answer, Counted, Kind, Ranked

DOCS = "https://docs.github.com/rest/metrics/traffic"
PUSH = frozenset({"write", "maintain", "admin"})


def _visited(request: web.Request) -> Repository:
    """The repository addressed: needs `administration`, a person push access, and a private one a paid plan."""
    found = guard(request, "administration:read", public=False)
    if _is_person(caller(request)) and found.permission_of(_login(caller(request))) not in PUSH:
        raise Refusal(403, "Must have push access to repository", documentation_url=DOCS)
    if found.private and found.owner.plan == "free":
        sentence = "Upgrade to GitHub Pro or make this repository public to enable this feature."
        raise Refusal(403, sentence, documentation_url=DOCS)
    return found


def _is_person(who: Caller) -> bool:
    return who.installation is None


def _login(who: Caller) -> str:
    return "" if who.account is None else who.account.login


async def _counted(request: web.Request, kind: Kind) -> web.Response:
    found, per = _visited(request), request.query.get("per", "day")
    if per not in ("day", "week"):
        raise invalid("Traffic", "per", "invalid")
    now = state(request).world.clock.now()
    given = found.traffic.answer(kind, "week" if per == "week" else "day", now) if found.traffic else Answer()
    lines = [
        {"timestamp": f"{day.isoformat()}T00:00:00Z", **_numbers(given.listed[day])} for day in sorted(given.listed)
    ]
    return answer({**_numbers(given.total), kind: lines})


def _numbers(counted: Counted | Ranked) -> dict[str, int]:
    return {"count": counted.count, "uniques": counted.uniques}


async def views(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/traffic/views?per=day|week`."""
    return await _counted(request, "views")


async def clones(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/traffic/clones?per=day|week`."""
    return await _counted(request, "clones")


async def referrers(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/traffic/popular/referrers`."""
    found, now = _visited(request), state(request).world.clock.now()
    given: Sequence[Ranked] = found.traffic.referrers(now) if found.traffic else ()
    return answer([{"referrer": one.name, **_numbers(one)} for one in given[:TOP]])


async def paths(request: web.Request) -> web.Response:
    """`GET /repos/{owner}/{repo}/traffic/popular/paths`; a title nobody kept is made of the path."""
    found, now = _visited(request), state(request).world.clock.now()
    given: Sequence[Ranked] = found.traffic.paths(now, found.full_name) if found.traffic else ()
    return answer([
        {"path": one.name, "title": _title(one, found) if one.title is None else one.title, **_numbers(one)}
        for one in given[:TOP]
    ])  # fmt: skip


def _title(one: Ranked, found: Repository) -> str:
    inner = one.name.strip("/").split("/", 2)[2:]
    if inner:
        return f"{inner[0]} · {found.full_name}"
    return f"{found.full_name}: {found.description}" if found.description else found.full_name


ROUTES = (
    Route("GET", REPOSITORY + "/traffic/views", views),
    Route("GET", REPOSITORY + "/traffic/clones", clones),
    Route("GET", REPOSITORY + "/traffic/popular/referrers", referrers),
    Route("GET", REPOSITORY + "/traffic/popular/paths", paths),
)
