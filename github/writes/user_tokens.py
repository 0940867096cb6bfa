"""A person's own token, by GitHub's web flow for Apps: asked for, exchanged, renewed, ended.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
and "Refreshing user access tokens" beside it. These addresses lie where people read GitHub, not where its API is, and
answer 200 to what they refuse.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec

from github.endpoints import Endpoints
from github.errors import Later, Refused
from github.wire import USER_AGENT

AUTHORIZE = "/login/oauth/authorize"
ACCESS_TOKEN = "/login/oauth/access_token"  # noqa: S105 - a path
PATIENCE = aiohttp.ClientTimeout(total=15, sock_connect=5)
COME_BACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UserToken:
    """A `ghu_` token and what renews it; an end of None is none, as for Apps registered with tokens that do not end."""

    access: str = field(repr=False)
    access_ends_at: datetime | None
    refresh: str | None = field(repr=False)
    refresh_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registered:
    """The App as the web flow knows it: its client id and its client secret."""

    client_id: str
    client_secret: str = field(repr=False)


def challenge(verifier: str) -> str:
    """Return PKCE's S256 challenge of a verifier, RFC 7636 section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorize_url(endpoints: Endpoints, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
    """Return where to send a browser, so that its person may say yes."""
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoints.web}{AUTHORIZE}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """Where codes and refresh tokens are exchanged for tokens, at one GitHub."""

    session: aiohttp.ClientSession
    endpoints: Endpoints
    app: Registered

    async def exchange(self, code: str, redirect_uri: str, verifier: str, now: datetime) -> UserToken:
        """Exchange the code that a browser came back with; raises Refused for one that GitHub does not take, Later."""
        said = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        return await self.ask(said, now)

    async def renew(self, refresh: str, now: datetime) -> UserToken:
        """Exchange a refresh token, which that uses up, for a new token and refresh token; raises Refused, Later."""
        return await self.ask({"grant_type": "refresh_token", "refresh_token": refresh}, now)

    async def end(self, access: str, now: datetime) -> None:
        """Have GitHub take a token no longer; one that it does not know is over already. Raises Refused, Later.

        https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token
        """
        owner = base64.b64encode(f"{self.app.client_id}:{self.app.client_secret}".encode()).decode()
        headers = {
            "Accept": "application/vnd.github+json", "User-Agent": USER_AGENT, "Authorization": f"Basic {owner}"
        }  # fmt: skip
        url = f"{self.endpoints.api}/applications/{quote(self.app.client_id, safe='')}/token"
        try:
            async with self.session.delete(
                url, json={"access_token": access}, headers=headers, allow_redirects=False, timeout=PATIENCE
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(now + COME_BACK, f"no answer from GitHub ({type(error).__name__})") from error
        if status >= 500 or status == 429:
            raise Later(now + COME_BACK, f"GitHub answered {status}")
        if status not in (204, 404, 422):
            raise Refused(status, "GitHub does not end the token")

    async def ask(self, said: Mapping[str, str], now: datetime) -> UserToken:
        form = {"client_id": self.app.client_id, "client_secret": self.app.client_secret, **said}
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        try:
            async with self.session.post(
                f"{self.endpoints.web}{ACCESS_TOKEN}",
                data=form,
                headers=headers,
                allow_redirects=False,
                timeout=PATIENCE,
            ) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(now + COME_BACK, f"no answer from GitHub ({type(error).__name__})") from error
        if status >= 500 or status == 429:
            raise Later(now + COME_BACK, f"GitHub answered {status}")
        return read(status, body, now)


def read(status: int, body: bytes, now: datetime) -> UserToken:
    """Read an answer: a token, or the Refused that it amounts to. What it says of the secret is not repeated."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError):
        raise Refused(status, "GitHub's answer for a token is not JSON") from None
    if not isinstance(answer, dict):
        raise Refused(status, "GitHub's answer for a token is not an object")
    access = answer.get("access_token")
    if status >= 400 or not isinstance(access, str) or not access:
        raise Refused(max(status, 400), f"GitHub gave no token: {answer.get('error') or 'no reason'}")
    refresh = answer.get("refresh_token") or None
    return UserToken(access, ends(answer, "expires_in", now), refresh, ends(answer, "refresh_token_expires_in", now))


def ends(answer: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    """Return when something ends that is said to live for so many seconds."""
    seconds = answer.get(name)
    return now + timedelta(seconds=int(seconds)) if seconds else None
