"""/me: who asks, and with what."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from dashboard.api.operations import Asking, Nothing, Operation, Reply
from storage.api_tokens import Scope


class Token(msgspec.Struct):
    """The token of this request."""

    name: str
    scopes: list[Scope]
    expires_at: datetime


class Me(msgspec.Struct):
    """Whoever asks. token: null for whoever asks with a browser's session."""

    login: str
    name: str | None
    signs_in_with: Literal["github", "openid"]
    since: datetime
    """Since when they are known here."""
    token: Token | None


async def me(asking: Asking, _query: Nothing) -> Reply:
    """Answer who asks."""
    person, token = asking.caller.person, asking.caller.token
    shown = None if token is None else Token(token.name, sorted(token.scopes), token.expires_at)
    through: Literal["github", "openid"] = "github" if person.is_of_github else "openid"
    return Reply(Me(person.login, person.name, through, person.created_at, shown))


OPERATIONS = (Operation("me", "/me", "Who asks, and with which token.", Me, me, tag="account"),)
