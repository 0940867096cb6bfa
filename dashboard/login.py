"""Signing in and out: the page with the doors, the way to each and back, and the ends of sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import structlog
from aiohttp import web

from dashboard import csrf
from dashboard.attempts import Attempts, origin
from dashboard.rendering import page, style
from dashboard.sessions import Sessions, SignedIn, digest_of, new_secret
from dashboard.signing_in import BEGIN_AGAIN, LIFE, Arrived, Pending, Provider, SignInError
from dashboard.site import Site, safe_next
from dashboard.taking_back import TakingBack
from dashboard.user_token import sealed
from github.cipher import Cipher
from storage.connection import Connection
from storage.decisions import note_decision
from storage.engine import Store
from storage.invitations import take_up
from storage.sessions import Person, save_person, spend_state
from storage.user_tokens import save_user_token

PATH = "/login"
STYLE = "/login/sign_in.css"
COOKIE = "almanac-signing-in"
TOO_OFTEN = "Too many sign-ins from your address have failed. Please try again in a few minutes."
A_DAY = "public, max-age=86400"

log = structlog.get_logger(__name__)


@dataclass
class Login:
    """Handlers of everything below /login, and of signing out.

    providers: by the name in their address · missing: sentences on what keeps people from signing in, if anything ·
    changed(person) is told of whoever signs in or out everywhere: what was known of their reach is old ·
    taking_back: ends tokens at GitHub, None without GitHub's door.
    """

    store: Store
    site: Site
    sessions: Sessions
    cipher: Cipher
    providers: Mapping[str, Provider]
    missing: tuple[str, ...]
    changed: Callable[[Person], None]
    now: Callable[[], datetime]
    taking_back: TakingBack | None = None
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        self.attempts = Attempts(self.now)

    async def get(self, request: web.Request) -> web.Response:
        """`GET /login?next=`: the doors, or straight on for whoever is signed in."""
        to = safe_next(request.query.get("next"))
        if await self.sessions.find(request) is not None:
            raise web.HTTPSeeOther(to)
        return self.page(to)

    async def style(self, _request: web.Request) -> web.Response:
        """`GET /login/sign_in.css`."""
        headers = {"Cache-Control": A_DAY}
        return web.Response(body=style("sign_in.css"), content_type="text/css", charset="utf-8", headers=headers)

    async def leave(self, request: web.Request) -> web.Response:
        """`GET /login/{provider}?next=`: away to where somebody says who they are."""
        name = request.match_info["provider"]
        provider, to = self.provider(name), safe_next(request.query.get("next"))
        try:
            pending = Pending.new(name, to, self.now())
            response = web.HTTPSeeOther(await provider.leave(pending))
        except SignInError as error:
            return self.page(to, error.sentence, error.status)
        self.site.keep(response, COOKIE, pending.sealed(self.cipher), LIFE)
        raise response

    async def arrive(self, request: web.Request) -> web.Response:
        """`GET /login/{provider}/callback`: back from there, with an answer to this browser's own question."""
        name = request.match_info["provider"]
        provider = self.provider(name)
        try:
            pending = await self.pending(request, name)
            arrived = await self.arrived(request, provider, pending)
        except SignInError as error:
            response = self.page(safe_next(None), error.sentence, error.status)
            self.site.drop(response, COOKIE)
            return response
        secret = new_secret()
        person = await self.begin(arrived, secret, self.sessions.secret_of(request))
        self.changed(person)
        log.info("somebody signed in", person=person.id, through=name)
        onward = web.HTTPSeeOther(pending.next)
        self.sessions.hand_over(onward, secret)
        self.site.drop(onward, COOKIE)
        raise onward

    async def leave_session(self, request: web.Request) -> web.Response:
        """`POST /logout`: sign out of this browser."""
        signed = await self.posting(request)
        onward = web.HTTPSeeOther(PATH)
        await self.sessions.end(signed, onward)
        raise onward

    async def leave_everywhere(self, request: web.Request) -> web.Response:
        """`POST /logout/everywhere`: sign out of every browser."""
        signed = await self.posting(request)
        onward = web.HTTPSeeOther(PATH)
        access = None if self.taking_back is None else await self.taking_back.token_of(signed.person.id)
        await self.sessions.end_everywhere(signed, onward)
        self.changed(signed.person)
        if self.taking_back is not None and access is not None:
            await self.taking_back.begin(signed.person.id, access)
        log.info("somebody signed out everywhere", person=signed.person.id)
        raise onward

    async def posting(self, request: web.Request) -> SignedIn:
        """Return who sent a form; raises 401 for nobody and 403 for a form that is not ours."""
        signed = await self.sessions.find(request)
        if signed is None:
            raise web.HTTPUnauthorized(text="Nobody is signed in here.")
        await csrf.check(request, signed.csrf, self.site.origin)
        return signed

    def provider(self, name: str) -> Provider:
        found = self.providers.get(name)
        if found is None:
            raise web.HTTPNotFound(text="There is no such way to sign in.")
        return found

    async def arrived(self, request: web.Request, provider: Provider, pending: Pending) -> Arrived:
        """Ask the provider who came back; raises SignInError, also where too many from this address have failed.

        Only what the provider was asked for in vain counts: not what this browser never began, and no refusal here.
        """
        address = origin(request)
        if self.attempts.wait(address) is not None:
            raise SignInError(TOO_OFTEN, 429)
        try:
            return await provider.arrive(request.query, pending)
        except SignInError as error:
            if error.status < 500 and "code" in request.query:  # without one nobody was asked
                self.attempts.failed(address)
            raise

    async def pending(self, request: web.Request, name: str) -> Pending:
        """Return what this browser began; its state is spent by that, on every server."""
        state, now = request.query.get("state", ""), self.now()
        pending = Pending.opened(self.cipher, self.site.kept(request, COOKIE), name, state, now)
        if not await self.store.write(lambda conn: spend_state(conn, digest_of(pending.state), now)):
            raise SignInError(BEGIN_AGAIN)
        return pending

    async def begin(self, arrived: Arrived, secret: str, before: str | None) -> Person:
        """Write down who arrived, what GitHub gave for them, and their new session, all at once."""

        async def work(conn: Connection) -> Person:
            person = await save_person(conn, arrived.person, self.now())
            taken = await take_up(conn, person, self.now())
            for one in taken:
                said = f"took up the invitation as {one.role}, by {one.invited_by}"
                await note_decision(conn, one.installation_id, self.now(), person.login, said)
            if arrived.token is not None:
                await save_user_token(conn, sealed(self.cipher, person.id, arrived.token))
            await self.sessions.begin(conn, secret, person.id, before)
            return person

        return await self.store.write(work)

    def page(self, to: str, problem: str | None = None, status: int = 200) -> web.Response:
        """Return the page with the doors; `problem` is why the last try came to nothing."""
        doors = [
            # absolute: a server reached by another name than its own would not see its cookie again
            {"name": one.name, "address": door(self.site, name, to)}
            for name, one in self.providers.items()
        ]
        heading = "You are not signed in" if problem else "Sign in"
        response = page(
            "sign_in.html", status, heading=heading, problem=problem, doors=doors, missing=self.missing, style=STYLE
        )
        if status == 429:
            response.headers["Retry-After"] = str(int(timedelta(minutes=5).total_seconds()))
        return response


def door(site: Site, name: str, to: str) -> str:
    """Return the address of a door that leads on to a path afterwards."""
    return f"{site.address(PATH)}/{name}?{urlencode({'next': to})}"


def callback(site: Site, name: str) -> str:
    """Return where a provider sends people back to: what is registered there as the callback or redirect address."""
    return site.address(f"{PATH}/{name}/callback")
