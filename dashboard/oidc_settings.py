"""How an OpenID Connect provider is reached, apart from what speaks to it, which is heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """A provider by its issuer, letter by letter as it calls itself, and this server as its client."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str | None = None

    @property
    def label(self) -> str:
        """What the sign-in page calls it."""
        return self.name or urlsplit(self.issuer).hostname or self.issuer
