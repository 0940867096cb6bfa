"""`/_sandbox/…`: how another process sets the clock, speaks for people, breaks things and looks on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox import control_hands
from sandbox.clock import iso, parse_iso
from sandbox.faults import Fault
from sandbox.limits import Limits
from sandbox.payloads import comment as shown
from sandbox.rest.routing import answer, body
from sandbox.state import state

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SETTINGS = (
    "core", "graphql", "points_per_minute", "graphql_per_minute", "content_per_minute", "content_per_hour",
    "concurrent", "secondary_status", "retry_after",
)  # fmt: skip


def spoken(handler: Handler) -> Handler:
    """Turn a wrong request into a 400 or 404 with a sentence."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except KeyError as error:
            return answer({"message": f"missing: {error.args[0]}"}, 404)
        except (ValueError, TypeError) as error:
            return answer({"message": str(error)}, 400)

    return answered


def _clock(request: web.Request) -> web.Response:
    clock = state(request).world.clock
    return answer({"now": iso(clock.now()), "frozen": clock.frozen})


async def get_clock(request: web.Request) -> web.Response:
    """`GET clock` -> `{"now": "2026-11-22T08:00:00Z", "frozen": false}`."""
    return _clock(request)


async def set_clock(request: web.Request) -> web.Response:
    """`POST clock` with any of `now` (a time), `advance` (seconds) and `frozen`."""
    clock, wanted = state(request).world.clock, await body(request)
    if "now" in wanted:
        clock.set(parse_iso(wanted["now"]))
    if "advance" in wanted:
        clock.advance(timedelta(seconds=float(wanted["advance"])))
    if "frozen" in wanted:
        (clock.freeze if wanted["frozen"] else clock.thaw)()
    return _clock(request)


async def create_comment(request: web.Request) -> web.Response:
    """`POST comment` with `repository`, `number`, `login`, `body`: a person writes; the App is told."""
    wanted = await body(request)
    made = await state(request).hands.comment(
        wanted["repository"], int(wanted["number"]), wanted["login"], wanted["body"]
    )
    return answer(made, 201)


async def edit_comment(request: web.Request) -> web.Response:
    """`PATCH comment` with `id`, `login`, `body`."""
    wanted = await body(request)
    return answer(await state(request).hands.edit_comment(int(wanted["id"]), wanted["login"], wanted["body"]))


async def list_comments(request: web.Request) -> web.Response:
    """`GET comments?repository=owner/name&number=1`."""
    here, query = state(request), request.query
    thread = here.world.thread(query["repository"], int(query["number"]))
    return answer([shown(one, here.base) for one in thread.comments])


async def open_issue(request: web.Request) -> web.Response:
    """`POST issue` with `repository`, `login`, `title`, `body`."""
    wanted = await body(request)
    hands = state(request).hands
    made = await hands.open_issue(wanted["repository"], wanted["login"], wanted["title"], wanted.get("body", ""))
    return answer(made, 201)


async def add_fault(request: web.Request) -> web.Response:
    """`POST faults` with the fields of `Fault` and `Match`; `DELETE faults` ends them all."""
    here = state(request)
    if request.method == "DELETE":
        here.faults.clear()
        return web.Response(status=204)
    here.faults.add(Fault.from_json(await body(request)))
    return answer({"active": len(here.faults.active)}, 201)


async def set_limits(request: web.Request) -> web.Response:
    """`POST limits`: change settings of `Limits`, and `graphql_budget`; `{"use_up": true}` spends the hour."""
    here, wanted = state(request), await body(request)
    unknown = wanted.keys() - {*SETTINGS, "graphql_budget", "use_up"}
    if unknown:
        raise ValueError(f"no such limit: {', '.join(sorted(unknown))}")
    if wanted.get("use_up"):
        here.limits.use_up()
    if "graphql_budget" in wanted:
        here.graphql.budget = wanted["graphql_budget"]
    for name in SETTINGS:
        if name in wanted:
            setattr(here.limits, name, wanted[name])
    limits: Limits = here.limits
    return answer({name: getattr(limits, name) for name in SETTINGS} | {"graphql_budget": here.graphql.budget})


async def set_webhook(request: web.Request) -> web.Response:
    """`POST webhook` with `url`: where the App wants its deliveries from now on."""
    here, wanted = state(request), await body(request)
    if here.world.app is None:
        raise ValueError("no App is registered here")
    here.world.app.webhook_url = wanted["url"]
    return answer({"url": here.world.app.webhook_url})


async def list_requests(request: web.Request) -> web.Response:
    """`GET requests`: what was asked of the API so far, oldest first; `?after=n` leaves out the first n."""
    after = int(request.query.get("after", "0"))
    rows: list[dict[str, Any]] = [
        {"method": one.method, "path": one.path, "query": dict(one.query), "operation": one.operation,
         "status": one.status, "at": iso(one.at), "caller": one.caller, "cost": one.cost}
        for one in state(request).requests[after:]
    ]  # fmt: skip
    return answer(rows)


async def list_deliveries(request: web.Request) -> web.Response:
    """`GET deliveries`: every attempt to deliver a webhook, oldest first."""
    rows = [
        {"id": one.id, "guid": one.guid, "event": one.event, "action": one.action, "status": one.status,
         "status_code": one.status_code, "redelivery": one.redelivery, "delivered_at": one.delivered_at}
        for one in state(request).hooks.deliveries
    ]  # fmt: skip
    return answer(rows)


async def settled(request: web.Request) -> web.Response:
    """`POST settled` answers once every webhook queued so far was sent."""
    await state(request).hooks.settled()
    return web.Response(status=204)


def setup(application: web.Application) -> None:
    """Add the control routes."""
    routes: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "clock", get_clock), ("POST", "clock", set_clock),
        ("POST", "comment", create_comment), ("PATCH", "comment", edit_comment), ("GET", "comments", list_comments),
        ("POST", "issue", open_issue), ("POST", "faults", add_fault), ("DELETE", "faults", add_fault),
        ("POST", "limits", set_limits), ("POST", "webhook", set_webhook), ("GET", "requests", list_requests),
        ("GET", "deliveries", list_deliveries), ("POST", "settled", settled),
        ("GET", "hands", control_hands.list_verbs), ("POST", "hands/{verb}", control_hands.do),
        ("GET", "installations", control_hands.list_installations),
    )  # fmt: skip
    for method, name, handler in routes:
        application.router.add_route(method, f"/_sandbox/{name}", spoken(handler))
