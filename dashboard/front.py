"""What every page for people who have signed in needs, put together when the first of them is asked for.

Not imported before that: a server whose dashboard nobody opens carries nothing of it.

`await front.serve(request, handler)` answers a page or a form: `handler(request, signed)` is called with whoever is
signed in, and asks `front.access.repository_for(signed.person, owner, name)` for rows.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from dashboard import chart_library, login
from dashboard.access import Access
from dashboard.chart_script import ChartScript
from dashboard.layout import OPERATOR, problem, wants_page
from dashboard.listings import Listings
from dashboard.login import Login, callback
from dashboard.oidc_settings import OidcSettings
from dashboard.readable import check_query
from dashboard.sessions import Sessions, SignedIn
from dashboard.shelf import Shelf
from dashboard.signing_in import Arrived, Pending, Provider
from dashboard.site import HOME, Site
from dashboard.streams import Look, News, Streams
from dashboard.taking_back import TakingBack
from dashboard.turns import Turns
from dashboard.unforeseen import kept
from dashboard.user_token import SignInAgainError, UserTokens
from dashboard.with_github import WithGitHub
from github.cipher import Cipher
from github.client import GitHub
from github.endpoints import Endpoints
from github.writes.user_tokens import Registered, TokenDesk
from reports.services import Services
from storage.sessions import Person

NO_ADDRESS = (
    "Nobody can sign in here: PUBLIC_URL, the address of this server, is missing, or it is neither https nor on this "
    "machine."
)
NO_DOOR = (
    "Nobody can sign in here yet: GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are missing. The App's page at GitHub has "
    "them."
)
NOBODY = "Nobody is signed in here."
Handler = Callable[[web.Request, SignedIn], Awaitable[web.StreamResponse]]
OpenHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PATIENCE = timedelta(seconds=20)  # with GitHub's limits, for what a page is waiting for


@dataclass(frozen=True)
class Options:
    """What the settings say of signing in.

    public_url: None where it is no address to sign in at · registered: None without a client secret · provider: None
    without an OpenID provider · operators: see `dashboard.access.is_named` · cipher: seals what is kept of people ·
    cache: the folder for what can be made again; without one, charts are pictures only.
    """

    public_url: str | None
    registered: Registered | None
    provider: OidcSettings | None
    operators: tuple[str, ...]
    cipher: Cipher
    cache: Path | None = None


@dataclass(frozen=True)
class Outside:
    """The outside world of the pages. folder: the data directory, for files that last no longer than the server."""

    services: Services
    session: aiohttp.ClientSession
    endpoints: Endpoints
    folder: Path = Path("data")


@dataclass(frozen=True)
class Front:
    """The dashboard as its pages know it."""

    site: Site
    sessions: Sessions
    access: Access
    login: Login
    listings: Listings | None
    outside: Outside
    shelf: Shelf
    charts: ChartScript | None = None
    streams: Streams = field(default_factory=Streams)
    turns: Turns = field(default_factory=Turns)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What pages have begun that the end of the dashboard must end."""

    @property
    def services(self) -> Services:
        """The store, GitHub, the pool and the clock, as every door has them."""
        return self.outside.services

    async def signed_in(self, request: web.Request) -> SignedIn:
        """Return who is signed in; nobody is sent to the sign-in page and back, or gets 401 for anything but a page."""
        found = await self.sessions.find(request)
        if found is not None:
            return found
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPUnauthorized(text=NOBODY)
        raise web.HTTPSeeOther(f"{login.PATH}?{urlencode({'next': request.path_qs})}")

    async def posting(self, request: web.Request) -> SignedIn:
        """Return who sent a form of ours; raises 401 for nobody and 403 for a form of somebody else's."""
        return await self.login.posting(request)

    async def serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer for whoever is signed in, with the headers of every page.

        What changes something must come from a form of ours. Who must sign in again at GitHub is sent there.
        """
        await self.turns.mine()
        return await kept(request, lambda: self.served(request, handler))

    async def served(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        reads = request.method in ("GET", "HEAD")
        signed = await self.signed_in(request) if reads else await self.posting(request)
        request[OPERATOR] = self.access.is_operator(signed.person)
        try:
            check_query(request)
            return await handler(request, signed)
        except SignInAgainError:
            raise await self.again(request, signed) from None
        except web.HTTPException as raised:
            if raised.status < 400 or not wants_page(request):
                raise
            return problem(request, signed, raised)

    async def stream(self, request: web.Request, signed: SignedIn, look: Look) -> web.StreamResponse:
        """Send what `look()` returns whenever it has changed, as long as whoever asked is signed in."""

        async def look_if_signed_in() -> News:
            if not await self.sessions.lasts(signed):
                raise web.HTTPUnauthorized(text=NOBODY)
            try:
                return await look()
            except SignInAgainError:
                raise await self.again(request, signed) from None

        return await self.streams.serve(request, signed.person.id, look_if_signed_in)

    async def open(self, request: web.Request, handler: OpenHandler) -> web.StreamResponse:
        """Answer whoever asks, with the headers of every page."""
        return await kept(request, lambda: handler(request))

    async def again(self, request: web.Request, signed: SignedIn) -> web.HTTPException:
        """Return the answer to SignInAgainError: the session ends, since GitHub takes back what it rested on."""
        back_to = request.path_qs if request.method in ("GET", "HEAD") else HOME
        onward = web.HTTPSeeOther(f"{login.PATH}?{urlencode({'next': back_to})}")
        await self.sessions.end(signed, onward)
        return onward

    async def close(self) -> None:
        """Stop what is under way."""
        self.streams.close()
        if self.login.taking_back is not None:
            await self.login.taking_back.close()
        for close in self.closing:
            await close()
        await self.shelf.close()
        await chart_library.stop()
        if self.listings is not None:
            await self.listings.close()


class LazyOidc:
    """The OpenID provider, whose library is loaded when the first person goes there."""

    def __init__(self, settings: OidcSettings, redirect_uri: str, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.redirect_uri = redirect_uri
        self.now = now
        self.made: Provider | None = None

    @property
    def name(self) -> str:
        return self.settings.label

    async def loaded(self) -> Provider:
        if self.made is None:
            # in a thread: half a second of imports must not hold up anybody's webhook
            module = await asyncio.to_thread(importlib.import_module, "dashboard.oidc")
            self.made = self.made or module.WithProvider(self.settings, self.redirect_uri, self.now)
        assert self.made is not None, "it was just made"
        return self.made

    async def leave(self, pending: Pending) -> str:
        return await (await self.loaded()).leave(pending)

    async def arrive(self, query: Mapping[str, str], pending: Pending) -> Arrived:
        return await (await self.loaded()).arrive(query, pending)


def front_of(options: Options, outside: Outside) -> Front:
    """Put the dashboard together."""
    services = outside.services
    store, now = services.store, services.now
    # without an address nobody signs in, and the page that says so needs none
    site = Site(options.public_url or "")
    cipher = options.cipher
    sessions = Sessions(store, site, now)
    providers: dict[str, Provider] = {}
    listings = None
    taking_back = None

    def client(token: str) -> GitHub:
        return GitHub.for_token(outside.session, token, outside.endpoints, now, services.sleep, patience=PATIENCE)

    if options.public_url and options.registered:
        desk = TokenDesk(outside.session, outside.endpoints, options.registered)
        listings = Listings(UserTokens(store, cipher, desk, now), client, now)
        taking_back = TakingBack(store, cipher, desk, now)
        providers["github"] = WithGitHub(desk, client, callback(site, "github"), now)
    if options.public_url and options.provider:
        providers["oidc"] = LazyOidc(options.provider, callback(site, "oidc"), now)

    def changed(person: Person) -> None:
        if listings is not None and person.is_of_github:
            listings.forget(person.id)

    missing = () if providers else (NO_ADDRESS if options.public_url is None else NO_DOOR,)
    door = Login(
        store=store,
        site=site,
        sessions=sessions,
        cipher=cipher,
        providers=providers,
        missing=missing,
        changed=changed,
        now=now,
        taking_back=taking_back,
    )
    access, shelf = Access(store, listings, options.operators), Shelf(services)
    charts = ChartScript(options.cache) if options.cache is not None else None
    return Front(site, sessions, access, door, listings, outside, shelf, charts=charts)
