"""What the two ways of signing in have in common: what is remembered between leaving and coming back, and the ends."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from github.cipher import Cipher, SealBrokenError
from github.writes.user_tokens import UserToken
from storage.sessions import NewPerson

LIFE = timedelta(minutes=10)
AHEAD = timedelta(minutes=1)  # that the clock was set back since, or that another server's is ahead
PURPOSE = "signing in"
BEGIN_AGAIN = (
    "This sign-in was not begun in this browser, or more than ten minutes ago, or it has ended before. Please begin "
    "again."
)


class SignInError(Exception):
    """A sign-in that came to nothing; its text is the sentence for the person."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class Pending(msgspec.Struct, frozen=True):
    """A sign-in under way, sealed in a cookie of the browser that began it.

    state ties the answer to the question, nonce the ID token to it, verifier the code to this server (RFC 7636).
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    began_at: datetime

    @classmethod
    def new(cls, provider: str, to: str, now: datetime) -> Pending:
        """Return a sign-in that begins now and is to end at the path `to`."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(provider, state, nonce, verifier, to, now)

    def sealed(self, cipher: Cipher) -> str:
        """Return it as a cookie's value."""
        return base64.urlsafe_b64encode(cipher.seal(msgspec.json.encode(self).decode(), PURPOSE)).decode()

    @classmethod
    def opened(cls, cipher: Cipher, cookie: str | None, provider: str, state: str, now: datetime) -> Pending:
        """Return what a cookie holds; raises SignInError unless it is of this provider and state, and young enough."""
        try:
            pending = msgspec.json.decode(cipher.open(base64.urlsafe_b64decode(cookie or ""), PURPOSE), type=cls)
        except (SealBrokenError, ValueError):  # base64's and msgspec's errors are ValueErrors
            raise SignInError(BEGIN_AGAIN) from None
        young = -AHEAD <= now - pending.began_at < LIFE
        same = hmac.compare_digest(pending.state.encode(), state.encode())
        if not (young and same and pending.provider == provider):
            raise SignInError(BEGIN_AGAIN)
        return pending


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came back, and the token that GitHub gave for them; another provider's is not kept."""

    person: NewPerson
    token: UserToken | None = field(default=None, repr=False)


class Provider(Protocol):
    """Somewhere to sign in."""

    @property
    def name(self) -> str:
        """What the sign-in page calls it."""

    async def leave(self, pending: Pending) -> str:
        """Return where to send the browser; raises SignInError."""

    async def arrive(self, query: Mapping[str, str], pending: Pending) -> Arrived:
        """Return who came back with this query; raises SignInError."""
