"""Who asks: the owner of a token, or whoever is signed in with this browser."""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from dashboard.access import Visible
from dashboard.api.problems import ProblemError
from dashboard.front import Front
from dashboard.sessions import SignedIn, digest_of
from storage.api_tokens import SCOPES, ApiToken, Scope, note_used, token_with
from storage.sessions import Person

PREFIX = "alm_"
TOKEN = re.compile(r"alm_[A-Za-z0-9_-]{43}")
USED_EVERY = timedelta(minutes=5)  # that a token is in use is written no more often
OURS = (None, "same-origin", "none")
"""What browsers say of where a request comes from if it is one of our own pages, or the person themselves."""

NOBODY = "This needs a token, as `Authorization: Bearer alm_…`. Whoever is signed in makes one at /account."
NOT_KNOWN = "This token is not known, or it has ended. Whoever is signed in makes another at /account."
SIGN_IN_AGAIN = (
    "GitHub does not say any more what you may see. Please sign in again in a browser; your tokens then go on as "
    "before."
)
REALM = 'Bearer realm="Almanac"'


@dataclass(frozen=True)
class Caller:
    """Whoever asks. token: None in a browser · scopes: what may be told."""

    signed: SignedIn
    token: ApiToken | None
    scopes: frozenset[Scope]

    @property
    def person(self) -> Person:
        return self.signed.person

    @property
    def key(self) -> Hashable:
        """What has a rate of its own: each token, and a person in all browsers together."""
        return ("person", self.person.id) if self.token is None else ("token", self.token.id)

    def needs(self, scope: Scope | None) -> None:
        """Raise 403 where a token was not given a scope."""
        if scope is not None and scope not in self.scopes:
            header = f'{REALM}, error="insufficient_scope", scope="{scope}"'
            raise ProblemError(
                403, f"This token has not the scope {scope}, which this needs.", headers={"WWW-Authenticate": header}
            )

    def within_scope(self, visible: Visible) -> Visible:
        """Return what a person sees of a repository as far as they let this token see it."""
        return replace(visible, sees_traffic=visible.sees_traffic and "read:traffic" in self.scopes)


def new_token() -> str:
    """Return 256 random bits as a token."""
    return PREFIX + secrets.token_urlsafe(32)


async def caller_of(front: Front, request: web.Request) -> Caller:
    """Return who asks; raises 401 for nobody, and for a token that is none, whatever the browser holds besides."""
    if "Authorization" in request.headers:
        return await with_token(front, request.headers["Authorization"])
    # a page elsewhere may not read with somebody's cookie; browsers keep it from that, too
    signed = await front.sessions.find(request) if request.headers.get("Sec-Fetch-Site") in OURS else None
    if signed is None:
        raise ProblemError(401, NOBODY, headers={"WWW-Authenticate": REALM})
    return Caller(signed, None, frozenset(SCOPES))


async def with_token(front: Front, header: str) -> Caller:
    """Return who a header's token belongs to; that it was used is written once in minutes."""
    kind, _, shown = header.partition(" ")
    store, now = front.services.store, front.services.now()
    found = None
    if kind.lower() == "bearer" and TOKEN.fullmatch(shown.strip()):
        digest = digest_of(shown.strip())
        found = await store.read(lambda conn: token_with(conn, digest, now))
    if found is None:
        raise ProblemError(401, NOT_KNOWN, headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
    token, person = found
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        await store.write(lambda conn: note_used(conn, token.id, now))
    return Caller(SignedIn(person, "", b"", token.created_at), token, token.scopes)
