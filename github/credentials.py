"""Who a client speaks as: the App itself, one of its installations, a person's token, or nobody.

Every secret stands behind `repr=False` or in a closure; none is ever passed to a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from analytics.window import parse_iso
from github.auth import App

RENEW_BEFORE = timedelta(minutes=5)  # a token this close to its end could die between two requests
KEPT_ALL_THE_SAME = timedelta(minutes=50)
NEVER = datetime.min.replace(tzinfo=UTC)

Now = Callable[[], datetime]


class Credentials(Protocol):
    """Gives the `Authorization` header, and a fresh one when GitHub refused the last."""

    async def header(self) -> str | None: ...

    async def renew(self, refused: str | None) -> bool:
        """Forget the header that got a 401; return whether the next one will be another."""

    def forget(self) -> None:
        """Ask anew before the next request: a token keeps the permissions that it was given with."""


@dataclass(slots=True)
class PersonalToken:
    """A person's own token; GitHub's 401 is final."""

    token: str = field(repr=False)

    async def header(self) -> str | None:
        return f"Bearer {self.token}"

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002 -- there is only this one
        return False

    def forget(self) -> None:
        """Do nothing: there is only this one."""


@dataclass(slots=True)
class Nobody:
    """No credentials: for what GitHub tells to everybody, or to whoever holds a code."""

    async def header(self) -> str | None:
        return None

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002 -- there is nothing to renew
        return False

    def forget(self) -> None:
        """Do nothing: nothing is known."""


@dataclass(slots=True)
class AppIdentity:
    """The App itself, by its JWT."""

    app: App
    now: Now

    async def header(self) -> str | None:
        return f"Bearer {await self.app.token(self.now())}"

    async def renew(self, refused: str | None) -> bool:  # noqa: ARG002 -- the key stays the same
        return False

    def forget(self) -> None:
        """Do nothing: a JWT holds no permissions."""


@dataclass(slots=True)
class InstallationToken:
    """An installation's token as GitHub gave it: opaque text of any length, and when it ends."""

    token: str = field(repr=False)
    expires_at: datetime

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> InstallationToken:
        """Read the answer of `POST /app/installations/{id}/access_tokens`."""
        return cls(answer["token"], parse_iso(answer["expires_at"]))


@dataclass(slots=True)
class InstallationIdentity:
    """One installation: a token asked for when first needed, kept until shortly before it ends, asked for only once.

    `ask` does the POST, as the App.
    """

    ask: Callable[[], Awaitable[Mapping[str, Any]]] = field(repr=False)
    now: Now
    _token: InstallationToken | None = None
    _until: datetime = NEVER
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def header(self) -> str | None:
        async with self._asking:  # many requests that find no token wait for one answer
            if self._token is None or self._until <= self.now():
                self._token = InstallationToken.of(await self.ask())
                now = self.now()
                ends = self._token.expires_at - RENEW_BEFORE
                # over on arrival: one of the two clocks stands wrong, and asking each time would not set it right
                self._until = ends if ends > now else now + KEPT_ALL_THE_SAME
            return f"Bearer {self._token.token}"

    def forget(self) -> None:
        self._token = None

    async def renew(self, refused: str | None) -> bool:
        if self._token is not None and f"Bearer {self._token.token}" == refused:
            self._token = None
        return True
