"""The end of the App manifest flow: a code, good once and for an hour, becomes the App's credentials."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from sandbox import payloads
from sandbox.errors import not_found
from sandbox.rest.routing import Route, answer, require_app
from sandbox.state import state

GOOD_FOR = timedelta(hours=1)


async def convert(request: web.Request) -> web.Response:
    """`POST /app-manifests/{code}/conversions`: by nobody, once."""
    here = state(request)
    made = here.manifests.made.pop(request.match_info["code"], None)
    if made is None or here.world.clock.now() >= made.at + GOOD_FOR or here.world.app is None:
        raise not_found()
    value = {
        **payloads.app(here.world.app, here.base, 0), "client_secret": made.keys.client_secret,
        "webhook_secret": made.keys.webhook_secret, "pem": made.keys.private_key,
    }  # fmt: skip
    return answer(value, 201)


async def hook_config(request: web.Request) -> web.Response:
    """`GET /app/hook/config`, the secret as stars."""
    require_app(request)
    app = state(request).world.app
    if app is None:
        raise not_found()
    value = {"content_type": "json", "insecure_ssl": "0", "url": app.webhook_url or ""}
    return answer({**value, "secret": "********"} if app.webhook_secret else value)


ROUTES = (
    Route("POST", "/app-manifests/{code}/conversions", convert),
    Route("GET", "/app/hook/config", hook_config),
)
