"""GET /api/v1/openapi.json: the description of the data API, made from the same values that answer it (OpenAPI 3.1.0).

It holds nothing of anybody, so whoever asks may have it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from aiohttp import web
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

from dashboard.api.operations import NAME, PATHS, Operation
from dashboard.api.problems import MEDIA_TYPE, Problem
from dashboard.api.rates import MOST
from dashboard.api.reading import MANY
from dashboard.api.replies import etag, is_known
from dashboard.api.table import OPERATIONS
from dashboard.front import Front
from dashboard.sessions import COOKIE

BASE = "/api/v1"
SCHEMA = "#/components/schemas/{name}"
VERSION = "1"
ABOUT = (
    "What Almanac knows of the repositories that you may see, as JSON: answers, rows and traffic. A token is made at "
    "`/account` and sees what its owner sees at that moment, as far as its scopes go. Unknown is null, never zero. "
    "What you may not see and what is not there get the same answer."
)
PROBLEMS = {
    "401": "Nobody asks: there is no token, or it has ended.",
    "403": "The token has not the scope that this needs, or the traffic is not yours to see.",
    "404": "It is not there, or it is not yours to see.",
    "405": "The API reads and changes nothing: whatever is asked in another way than with GET or HEAD gets this.",
    "409": "What the cursor belongs to has changed.",
    "422": "This cannot be asked; the problem says what can.",
    "429": f"More was asked than {MOST} a minute.",
    "500": "Something went wrong here.",
    "503": "Too little is read yet, or GitHub does not say what you may see. `Retry-After` says when to ask again.",
}


async def serve(front: Front, request: web.Request) -> web.StreamResponse:
    """Answer with the description."""
    body = described(front.site.address(BASE), front.site.cookie_name(COOKIE))
    headers = {"ETag": etag(body), "Cache-Control": "public, max-age=300"}
    if is_known(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)


@cache
def described(address: str, cookie: str) -> bytes:
    """Return the description of the API at an address, as JSON."""
    return msgspec.json.encode(document(address, cookie))


def document(address: str, cookie: str = COOKIE) -> dict[str, Any]:
    """Return the description of the API at an address. cookie: the name of the session's."""
    types = [*(one.answer for one in OPERATIONS), Problem]
    _, schemas = msgspec.json.schema_components(types, ref_template=SCHEMA)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Almanac's data API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": address}],
        "paths": {one.path: {"get": operation(one)} for one in OPERATIONS},
        "components": {
            "schemas": schemas,
            "responses": {status: problem(said) for status, said in PROBLEMS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of yours: `alm_…`."},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "A browser's session."},
            },
        },
    }


def operation(one: Operation) -> dict[str, Any]:
    """Return the description of an operation."""
    # 405 answers other methods, of which no operation is described
    statuses = [status for status in PROBLEMS if status != "405" and (status != "409" or one.name == "metric-table")]
    return {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "security": [{"token": [one.scope] if one.scope else []}, {"session": []}],
        "parameters": [*(of_path(name) for name in NAME.findall(one.path)), *of_query(one)],
        "responses": {
            "200": answered(one),
            "304": {"description": "Nothing has changed since the answer with this `ETag`."},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in statuses},
        },
    }


def of_path(name: str) -> dict[str, Any]:
    """Return the description of what stands in a path."""
    kind, what = PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": what, "schema": msgspec.json.schema(kind)}


def of_query(one: Operation) -> list[dict[str, Any]]:
    """Return the descriptions of what can be asked."""
    found = [of_field(each) for each in fields(one.query)]
    if one.more:
        words = {"type": "object", "additionalProperties": {"type": "string"}}
        found.append({"name": "more", "in": "query", "style": "form", "explode": True, "schema": words})
        found[-1]["description"] = one.more
    return found


def of_field(one: FieldInfo) -> dict[str, Any]:
    """Return the description of one word of a query; what may be said several times is a list."""
    if one.type == MANY:
        return {
            "name": one.name,
            "in": "query",
            "description": "Only these; as in a comment, it may be said several times.",
            "style": "form",
            "explode": True,
            "schema": {"type": "array", "items": {"type": "string"}},
        }
    whole = msgspec.json.schema(one.type)
    shape = next((part for part in whole.get("anyOf", ()) if part.get("type") != "null"), whole)
    said = {"name": one.name, "in": "query", "required": False}
    if "description" in shape:
        said["description"] = shape["description"]
    if one.default is not NODEFAULT and one.default is not None:
        shape = {**shape, "default": one.default}
    return {**said, "schema": {key: value for key, value in shape.items() if key != "description"}}


def answered(one: Operation) -> dict[str, Any]:
    """Return the description of an answer."""
    headers = {
        "ETag": header("What tells a changed answer; send it back as `If-None-Match`."),
        "RateLimit-Limit": header("What may be asked in a minute.", "integer"),
        "RateLimit-Remaining": header("What may still be asked now.", "integer"),
        "RateLimit-Reset": header("Seconds until all of it may be asked again.", "integer"),
    }
    if one.paged:
        headers["Link"] = header('The address of the next page, as `rel="next"`; missing on the last.')
    _, parts = msgspec.json.schema_components([one.answer], ref_template=SCHEMA)
    name = one.answer.__name__
    assert name in parts, "each answer has a name of its own"
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": SCHEMA.format(name=name)}}}
    if one.csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    return {"description": one.summary, "headers": headers, "content": content}


def header(what: str, kind: str = "string") -> dict[str, Any]:
    """Return the description of a header."""
    return {"description": what, "schema": {"type": kind}}


def problem(what: str) -> dict[str, Any]:
    """Return the description of a problem."""
    return {"description": what, "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA.format(name="Problem")}}}}
