"""Sessions of browsers: kept here, known to the browser by 256 random bits of which only a hash is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from dashboard import csrf
from dashboard.site import Site
from storage.connection import Connection
from storage.engine import Store
from storage.sessions import Person, Session, begin_session, end_session, end_sessions, note_seen, session, sweep

COOKIE = "almanac-session"
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)  # that a session is in use is written no more often
STATES_KEPT = timedelta(hours=1)  # longer than any sign-in may take
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever sits before the browser, and what its forms must show."""

    person: Person
    csrf: str = field(repr=False)
    digest: bytes = field(repr=False)
    since: datetime


def digest_of(secret: str) -> bytes:
    """Return what is stored of a session's secret; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, store: Store, site: Site, now: Callable[[], datetime]) -> None:
        self.store = store
        self.site = site
        self.now = now

    def secret_of(self, request: web.Request) -> str | None:
        """Return the secret that the browser shows, if it has the shape of one."""
        shown = self.site.kept(request, COOKIE)
        return shown if shown is not None and SECRET.fullmatch(shown) else None

    async def find(self, request: web.Request) -> SignedIn | None:
        """Return who is signed in with this browser, None if nobody is, any more."""
        secret = self.secret_of(request)
        if secret is None:
            return None
        digest, now = digest_of(secret), self.now()
        found = await self.lasting(digest, now)
        if found is None:
            return None
        if now - found.seen_at >= SEEN_EVERY and not watches(request):
            await self.store.write(lambda conn: note_seen(conn, digest, now))
        return SignedIn(found.person, csrf.token(secret), digest, found.created_at)

    async def lasts(self, signed: SignedIn) -> bool:
        """Tell whether somebody is still signed in; that this is asked is no sign that anybody sits there."""
        return await self.lasting(signed.digest, self.now()) is not None

    async def lasting(self, digest: bytes, now: datetime) -> Session | None:
        """Return a session that has neither ended nor expired."""
        found = await self.store.glance(lambda conn: session(conn, digest))
        expired = found is not None and (now - found.seen_at >= IDLE or now - found.created_at >= ABSOLUTE)
        return None if expired else found

    async def begin(self, conn: Connection, secret: str, person_id: int, before: str | None) -> None:
        """Write a new session down, and end the one that the browser had: an identifier never outlives a sign-in."""
        now = self.now()
        await begin_session(conn, digest_of(secret), person_id, now)
        if before is not None:
            await end_session(conn, digest_of(before), now)
        await sweep(conn, now, unseen_since=now - IDLE, begun_before=now - ABSOLUTE, spent_before=now - STATES_KEPT)

    def hand_over(self, response: web.StreamResponse, secret: str) -> None:
        """Give the browser the session's secret."""
        self.site.keep(response, COOKIE, secret, ABSOLUTE)

    async def end(self, signed: SignedIn, response: web.StreamResponse) -> None:
        """Sign out of this browser."""
        await self.store.write(lambda conn: end_session(conn, signed.digest, self.now()))
        self.site.drop(response, COOKIE)

    async def end_everywhere(self, signed: SignedIn, response: web.StreamResponse) -> None:
        """Sign out of every browser."""
        await self.store.write(lambda conn: end_sessions(conn, signed.person.id, self.now()))
        self.site.drop(response, COOKIE)


def watches(request: web.Request) -> bool:
    """Tell whether a window asks by itself for what it watches: that one was left open keeps nobody signed in."""
    return "text/event-stream" in request.headers.get("Accept", "")


def new_secret() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)
