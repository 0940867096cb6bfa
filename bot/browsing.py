"""The dashboard's pages, of which an idle server carries nothing: everything is imported for the first of them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot.addresses import OPEN, PAGES
from bot.settings import Settings
from github.endpoints import Endpoints
from reports.services import Services

if TYPE_CHECKING:
    from dashboard.front import Front

MADE_AS_IT_IS_SENT = ("download", "events")
"""Functions without HEAD: a file or a stream is not made for whoever does not take it."""

Handler = Callable[["Front", web.Request], Awaitable[web.StreamResponse]]


class Browsing:
    """Holds the dashboard once somebody has asked for it."""

    def __init__(self, settings: Settings, services: Services, session: aiohttp.ClientSession) -> None:
        self.settings = settings
        self.services = services
        self.session = session
        self.made: Front | None = None
        self.making = asyncio.Lock()
        if (settings.data_dir / "analyses").is_dir():
            # what a server left that was killed in the middle; hardly ever is there anything, so nothing is imported
            importlib.import_module("dashboard.analysis_folder").clear(settings.data_dir)

    async def front(self) -> Front:
        """Return the dashboard, put together now if it was not yet."""
        async with self.making:
            if self.made is None:
                # in a thread: imports must not hold up anybody's webhook
                await asyncio.to_thread(importlib.import_module, "dashboard.front")
                self.made = self.make()
        return self.made

    def make(self) -> Front:
        from dashboard.front import Options, Outside, front_of  # noqa: PLC0415
        from dashboard.oidc_settings import OidcSettings  # noqa: PLC0415
        from github.cipher import Cipher  # noqa: PLC0415
        from github.writes.user_tokens import Registered  # noqa: PLC0415

        told, services = self.settings, self.services
        registered = Registered(told.client_id, told.client_secret) if told.client_id and told.client_secret else None
        provider = None
        if told.oidc_issuer and told.oidc_client_id:
            provider = OidcSettings(told.oidc_issuer, told.oidc_client_id, told.oidc_client_secret, told.oidc_name)
        cipher = Cipher(told.sealing_secret, told.former_sealing_secrets)
        # an address that pictures may be fetched from is one to sign in at
        options = Options(told.picture_base, registered, provider, told.operators, cipher, told.data_dir / "cache")
        endpoints = Endpoints.of(told.api_url, told.graphql_url, told.web_url)
        return front_of(options, Outside(services, self.session, endpoints, told.data_dir))

    def stop(self) -> None:
        """End what would keep the server from stopping: streams to browsers, which would go on for minutes."""
        if self.made is not None:
            self.made.streams.close()

    async def close(self) -> None:
        """Stop what is under way."""
        if self.made is not None:
            await self.made.close()


BROWSING = web.AppKey("browsing", Browsing)


def served(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return a route's handler that gives the request to the dashboard."""

    async def serve(request: web.Request) -> web.StreamResponse:
        return await handler(await request.app[BROWSING].front(), request)

    return serve


MODULES: dict[str, ModuleType] = {}
"""What was imported to its end: `sys.modules` has a module from the moment at which its import begins."""


async def loaded(name: str) -> ModuleType:
    """Return a module, imported beside the event loop by the first who needs it."""
    found = MODULES.get(name)
    if found is None:
        found = MODULES[name] = await asyncio.to_thread(importlib.import_module, name)
    return found


def paged(target: str, *, signed_in: bool) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return a route's handler: the function that `module:function` names, imported when the first request comes."""
    module, _, function = target.partition(":")

    async def serve(request: web.Request) -> web.StreamResponse:
        front = await request.app[BROWSING].front()
        answer = getattr(await loaded(module), function)
        if signed_in:
            return await front.serve(request, lambda asked, signed: answer(front, asked, signed))
        return await front.open(request, lambda asked: answer(front, asked))

    return serve


async def stop(app: web.Application) -> None:
    """End what would keep the server from stopping."""
    app[BROWSING].stop()


def add_routes(app: web.Application) -> None:
    """Add the addresses of signing in and out, and of every page."""
    app.on_shutdown.append(stop)
    router = app.router
    router.add_get("/login", served(lambda front, asked: front.open(asked, front.login.get)))
    router.add_get("/login/sign_in.css", served(lambda front, asked: front.open(asked, front.login.style)))
    # without HEAD: each of the two is one step of one sign-in
    away, back = "/login/{provider:github|oidc}", "/login/{provider:github|oidc}/callback"
    router.add_get(away, served(lambda front, asked: front.open(asked, front.login.leave)), allow_head=False)
    router.add_get(back, served(lambda front, asked: front.open(asked, front.login.arrive)), allow_head=False)
    router.add_post("/logout", served(lambda front, asked: front.open(asked, front.login.leave_session)))
    router.add_post("/logout/everywhere", paged("dashboard.leaving:leave_everywhere", signed_in=False))
    for signed_in, table in ((True, PAGES), (False, OPEN)):
        for method, path, target in table:
            handler = paged(target, signed_in=signed_in)
            router.add_route(method, path, handler)
            if method == "GET" and target.partition(":")[2] not in MADE_AS_IT_IS_SENT:
                router.add_route("HEAD", path, handler)
