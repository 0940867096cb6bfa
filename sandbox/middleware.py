"""What happens to every API request around its handler: faults, credentials, limits, ETags, headers, the record."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.callers import Caller
from sandbox.errors import Refusal
from sandbox.faults import Fault
from sandbox.limits import Account, Resource
from sandbox.rest.routing import answer
from sandbox.state import CALLER, COST, OPERATION, RequestRecord, State, state

VERSIONS = ("2022-11-28", "2026-03-10")
CONTENT = ("/comments", "/reactions", "/issues", "/labels")
PIECES = 5  # of a body that takes its time
API = web.AppKey("API", frozenset)


@web.middleware
async def api(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Treat requests to the API as GitHub does; pages and the control interface pass untouched."""
    if not _is_api(request):
        return await handler(request)
    here = state(request)
    at, body = here.world.clock.now(), await request.read()
    operation = _operation(request, body)
    if operation is not None:
        request[OPERATION] = operation
    fault = here.faults.draw(request.method, request.path, operation)
    response, sent = await _faulty(request, handler, fault)
    secret = {"authorization", "cookie"}
    here.record(RequestRecord(
        request.method, request.path, dict(request.query),
        {name: value for name, value in request.headers.items() if name.lower() not in secret},
        body, operation, response.status if sent else 0, at,
        request[CALLER].bucket if CALLER in request else "unknown", request.get(COST, 0),
    ), _route(request))  # fmt: skip
    return response


def _route(request: web.Request) -> str:
    """The address with its variable parts named: `/repos/{owner}/{repo}/traffic/views`."""
    resource = request.match_info.route.resource
    return request.path if resource is None else resource.canonical


def _is_api(request: web.Request) -> bool:
    """Known API handlers, and what no route knows: GitHub answers that in JSON."""
    info = request.match_info
    return info.http_exception is not None or info.handler in request.app[API]


def _operation(request: web.Request, body: bytes) -> str | None:
    if not request.path.endswith("/graphql"):
        return None
    try:
        value = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    if not isinstance(value, dict):
        return None
    name = value.get("operationName")
    if name is None:
        words = str(value.get("query", "")).replace("(", " ").replace("{", " ").split()
        name = words[1] if len(words) > 1 and words[0] == "query" else None
    return None if name is None else str(name)


async def _faulty(request: web.Request, handler: Handler, fault: Fault | None) -> tuple[web.StreamResponse, bool]:
    """Answer with the fault the request met, and say whether an answer was sent."""
    if fault is not None and fault.kind in ("status", "drop"):
        return (_failed(fault), True) if fault.kind == "status" else (_cut(request), False)
    if fault is not None and fault.kind == "redirect":
        return _moved(request), True
    kind = None if fault is None else fault.kind
    response = await _answered(request, handler, fault.delay if fault is not None and kind == "latency" else 0.0)
    if kind == "lose_response":
        return _cut(request), False
    if kind == "content_type":
        response.content_type = "text/html"
    if fault is not None and kind == "slow_body":
        return await _slow(request, response, fault.delay), True
    return (await _truncated(request, response) if kind == "truncate" else response), True


def _failed(fault: Fault) -> web.Response:
    body = fault.body or msgspec.json.encode({"message": "Server Error"}).decode()
    return web.Response(text=body, status=fault.status, headers=dict(fault.headers), content_type="application/json")


def _moved(request: web.Request) -> web.Response:
    status = 301 if request.method in ("GET", "HEAD") else 307
    body = msgspec.json.encode({"message": "Moved Permanently", "url": str(request.url)})
    return web.Response(body=body, status=status, headers={"Location": str(request.url)})


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


async def _slow(request: web.Request, response: web.StreamResponse, seconds: float) -> web.StreamResponse:
    body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""
    pieces = web.StreamResponse(status=response.status, headers=response.headers)
    await pieces.prepare(request)
    step = max(1, -(-len(body) // PIECES))
    with suppress(ConnectionError):  # whoever asked has had enough
        for place in range(0, len(body), step):
            await asyncio.sleep(seconds / PIECES)
            await pieces.write(body[place : place + step])
        await pieces.write_eof()
    return pieces


async def _truncated(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b"{}"
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


@dataclass(slots=True)
class _Gauge:
    """The hour a request is charged to."""

    account: Account
    resource: Resource


async def _answered(request: web.Request, handler: Handler, delay: float) -> web.StreamResponse:
    here = state(request)
    gauge: _Gauge | None = None
    try:
        _admissible(request)
        who = here.gate.caller(request.headers.get("Authorization"), here.world.clock.now())
        request[CALLER] = who
        gauge = _gauge(request, here, who)
        response = await _limited(request, handler, here, gauge, delay)
    except Refusal as refusal:
        response = answer(refusal.body, refusal.status, refusal.headers)
    except web.HTTPException as error:
        response = answer(Refusal(error.status, error.reason).body, error.status)
    if isinstance(response, web.Response):
        response = _tagged(request, response)
    if gauge is not None:
        # A 304 costs nothing; GraphQL is charged by its points, asking for the limits not at all.
        free = response.status == 304 or gauge.resource == "graphql" or request.path.endswith("/rate_limit")
        gauge.account.used += 0 if free or gauge.account.remaining == 0 else 1
        response.headers.update(gauge.account.headers(gauge.resource))
    response.headers["X-GitHub-Request-Id"] = f"{here.tally.total():04X}:{id(request) & 0xFFFFFF:06X}"
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    response.headers["X-GitHub-Api-Version-Selected"] = request.headers.get("X-GitHub-Api-Version", VERSIONS[0])
    return response


def _admissible(request: web.Request) -> None:
    if not request.headers.get("User-Agent"):
        raise Refusal(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        )
    version = request.headers.get("X-GitHub-Api-Version", VERSIONS[0])
    if version not in VERSIONS:
        raise Refusal(400, f'"{version}" is not a supported version. Supported versions: {", ".join(VERSIONS)}')


def _gauge(request: web.Request, here: State, who: Caller) -> _Gauge:
    resource: Resource = "graphql" if request.path.endswith("/graphql") else "core"
    covered = len(here.world.covered(who.installation)) if who.installation else 0
    return _Gauge(here.limits.account(who, resource, here.world.clock.now(), covered), resource)


async def _limited(
    request: web.Request, handler: Handler, here: State, gauge: _Gauge, delay: float
) -> web.StreamResponse:
    who = request[CALLER]
    if request.path.endswith("/rate_limit"):
        return await handler(request)
    writes = request.method in ("POST", "PATCH", "PUT", "DELETE") and gauge.resource == "core"
    content = writes and request.method in ("POST", "PATCH") and any(word in request.path for word in CONTENT)
    if gauge.resource == "core":
        here.limits.admit_primary(who, gauge.account, "core")
    points = 5 if writes else 1
    here.limits.admit_secondary(who, gauge.resource, points, content, here.world.clock.now())
    here.limits.begin(who)
    try:
        # A slow request counts as running all the while.
        await asyncio.sleep(delay)
        return await handler(request)
    finally:
        here.limits.end(who)


def _tagged(request: web.Request, response: web.Response) -> web.Response:
    """Label a successful GET with its ETag, and answer 304 to whoever has it already."""
    if request.method != "GET" or response.status != 200 or not isinstance(response.body, bytes):
        return response
    tag = f'W/"{hashlib.sha256(response.body).hexdigest()}"'
    known = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    headers: dict[str, Any] = {"ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60"}
    headers["Vary"] = "Accept, Authorization, Cookie, Accept-Encoding"
    if tag.removeprefix("W/") in known:
        if "Link" in response.headers:
            headers["Link"] = response.headers["Link"]
        return web.Response(status=304, headers=headers)
    response.headers.update(headers)
    return response
