"""Signing in with GitHub: the web flow of the App, with PKCE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from dashboard.signing_in import Arrived, Pending, SignInError
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.user import user
from github.writes.user_tokens import TokenDesk, authorize_url
from storage.sessions import GITHUB, NewPerson

DENIED = "You said no at GitHub, so nobody is signed in."
DOWN = "GitHub does not answer at the moment. Please try again in a few minutes."
NOT_TAKEN = (
    "GitHub did not take this sign-in. Please begin again; if that does not help, the App's client secret is wrong."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WithGitHub:
    """Asks GitHub who somebody is. client(token) speaks with a person's token."""

    desk: TokenDesk
    client: Callable[[str], GitHub]
    redirect_uri: str
    now: Callable[[], datetime]
    name: str = "GitHub"

    async def leave(self, pending: Pending) -> str:
        """Return GitHub's page on which a person says yes."""
        return authorize_url(
            self.desk.endpoints, self.desk.app.client_id, self.redirect_uri, pending.state, pending.verifier
        )

    async def arrive(self, query: Mapping[str, str], pending: Pending) -> Arrived:
        """Exchange the code for a token and ask whose it is."""
        if query.get("error") == "access_denied":
            raise SignInError(DENIED, 403)
        code = query.get("code")
        if not code:
            raise SignInError(NOT_TAKEN)
        try:
            token = await self.desk.exchange(code, self.redirect_uri, pending.verifier, self.now())
            said = await user(self.client(token.access))
        except Later as later:
            raise SignInError(DOWN, 503) from later
        except (Refused, Gone) as refusal:
            log.warning("GitHub did not take a sign-in", reason=refusal.reason)
            raise SignInError(NOT_TAKEN) from refusal
        return Arrived(NewPerson(GITHUB, str(said.id), said.login, said.name), token)
