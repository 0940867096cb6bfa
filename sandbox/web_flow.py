"""GitHub's web flow for Apps: a person says yes, the App exchanges a code for a token, and renews that later."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from sandbox.apps import UserToken
from sandbox.callers import Gate
from sandbox.things import Account
from sandbox.world import World

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=8)
REFRESH_LIFE = timedelta(seconds=15_897_600)  # six months
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Code:
    """What a browser brings back to the App; it is used once."""

    account: Account
    redirect_uri: str
    challenge: str | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Refresh:
    """What renews a token; using it ends both."""

    account: Account
    access: str
    ends_at: datetime


class FlowError(Exception):
    """What the token address answers, with status 200, instead of a token."""


class WebFlow:
    """Gives codes and tokens; the tokens are known to the gate, which lets them in."""

    def __init__(self, world: World, gate: Gate) -> None:
        self.world, self.gate = world, gate
        self.codes: dict[str, Code] = {}
        self.refreshes: dict[str, Refresh] = {}

    def may_return_to(self, redirect_uri: str) -> bool:
        """Tell whether the App's registration allows to send people back there."""
        app = self.world.app
        if app is None:
            return False
        if app.callback_urls:
            return redirect_uri in app.callback_urls
        parts = urlsplit(redirect_uri)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK

    def allow(self, account: Account, asked: Mapping[str, str]) -> str:
        """Return where a person's browser goes who has said yes: `redirect_uri` with `code` and `state`."""
        code = secrets.token_hex(10)
        challenge = asked.get("code_challenge") or None
        ends = self.world.clock.now() + CODE_LIFE
        self.codes[code] = Code(account, asked["redirect_uri"], challenge, ends)
        return back(asked, code=code)

    def token(self, said: Mapping[str, str]) -> dict[str, object]:
        """Answer `POST /login/oauth/access_token`; raises FlowError with GitHub's word for what is wrong."""
        app = self.world.app
        if app is None or said.get("client_id") != app.client_id:
            raise FlowError("incorrect_client_credentials")
        if not hmac.compare_digest(said.get("client_secret", "").encode(), app.client_secret.encode()):
            raise FlowError("incorrect_client_credentials")
        if said.get("grant_type") == "refresh_token":
            return self._issue(self._renewed(said.get("refresh_token", "")))
        return self._issue(self._exchanged(said))

    def revoke(self, login: str) -> None:
        """Take back a person's word: none of the App's tokens for them works any more."""
        account = self.world.account(login)
        self.gate.users = {token: one for token, one in self.gate.users.items() if one.account is not account}
        self.refreshes = {token: one for token, one in self.refreshes.items() if one.account is not account}

    def forget(self, client_id: str, client_secret: str, access: str) -> bool:
        """Answer `DELETE /applications/{client_id}/token`: the token ends; False for a token that there is not.

        Raises FlowError where it is not the App that asks.
        """
        app = self.world.app
        known = app is not None and client_id == app.client_id
        if app is None or not known or not hmac.compare_digest(client_secret.encode(), app.client_secret.encode()):
            raise FlowError("incorrect_client_credentials")
        return self.gate.users.pop(access, None) is not None

    def _exchanged(self, said: Mapping[str, str]) -> Account:
        code = self.codes.pop(said.get("code", ""), None)
        if code is None or code.ends_at <= self.world.clock.now():
            raise FlowError("bad_verification_code")
        if said.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
            raise FlowError("redirect_uri_mismatch")
        if code.challenge is not None and challenge(said.get("code_verifier", "")) != code.challenge:
            raise FlowError("bad_verification_code")
        return code.account

    def _renewed(self, token: str) -> Account:
        refresh = self.refreshes.pop(token, None)
        if refresh is None or refresh.ends_at <= self.world.clock.now():
            raise FlowError("bad_refresh_token")
        self.gate.users.pop(refresh.access, None)
        return refresh.account

    def _issue(self, account: Account) -> dict[str, object]:
        now = self.world.clock.now()
        access, refresh = f"ghu_{secrets.token_hex(18)}", f"ghr_{secrets.token_hex(38)}"
        self.gate.users[access] = UserToken(access, account, now + TOKEN_LIFE)
        self.refreshes[refresh] = Refresh(account, access, now + REFRESH_LIFE)
        return {
            "access_token": access, "expires_in": int(TOKEN_LIFE.total_seconds()), "refresh_token": refresh,
            "refresh_token_expires_in": int(REFRESH_LIFE.total_seconds()), "scope": "", "token_type": "bearer",
        }  # fmt: skip


def back(asked: Mapping[str, str], **found: str) -> str:
    """Return the address to send a browser back to, with the state it came with."""
    state = {"state": asked["state"]} if asked.get("state") else {}
    joint = "&" if "?" in asked["redirect_uri"] else "?"
    return f"{asked['redirect_uri']}{joint}{urlencode({**found, **state})}"


def challenge(verifier: str) -> str:
    """PKCE's S256 of a verifier, RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
