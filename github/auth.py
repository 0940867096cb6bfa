"""The App's own identity: a short-lived JWT signed with its private key.

Rules: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
pyjwt and cryptography are imported at the first signature, because an idle server needs neither.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.window import as_utc

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

BACKDATED = timedelta(seconds=60)  # GitHub refuses an `iat` in its future; clocks differ
LIFETIME = timedelta(minutes=10)  # GitHub's limit, measured here from the backdated `iat` to stay inside it
KEPT = timedelta(minutes=4)  # a JWT is sent again for so long, and then has half of its time still before it
PEM_KINDS = ("RSA PRIVATE KEY", "PRIVATE KEY")


@dataclass(slots=True)
class App:
    """A GitHub App: its client id (the numeric App id is accepted too) and its private key as PEM text.

    sign(moment) makes a JWT elsewhere, such as in another process; without it this process loads cryptography.
    """

    client_id: str
    private_key: str = field(repr=False)
    sign: Callable[[datetime], Awaitable[str]] | None = field(default=None, repr=False, compare=False)
    _last: tuple[datetime, str] | None = field(default=None, init=False, repr=False, compare=False)
    _loaded: RSAPrivateKey | None = field(default=None, init=False, repr=False, compare=False)

    async def token(self, now: datetime) -> str:
        """Return a JWT that is valid for some minutes, the last one while it is; raises ValueError as `jwt` does."""
        if self._last is None or not timedelta(0) <= now - self._last[0] < KEPT:
            signing = self.sign(now) if self.sign is not None else asyncio.to_thread(self.jwt, now)
            self._last = (now, await signing)
        return self._last[1]

    def jwt(self, now: datetime) -> str:
        """Return a JWT that is valid for the next nine minutes; a key that cannot sign raises ValueError."""
        import jwt  # noqa: PLC0415 -- loads cryptography: only where something is signed

        if self._loaded is None:
            self._loaded = _load(self.private_key)
        issued = as_utc(now) - BACKDATED
        claims = {"iat": int(issued.timestamp()), "exp": int((issued + LIFETIME).timestamp()), "iss": self.client_id}
        return jwt.encode(claims, self._loaded, algorithm="RS256")


def check_key(pem: str) -> None:
    """Raise ValueError with a sentence unless `pem` is an RSA private key; loads cryptography (about 60 ms)."""
    _load(pem)


def check_key_shape(pem: str) -> None:
    """Raise ValueError with a sentence if `pem` cannot be a private key at all; loads nothing, so it is cheap."""
    lines = pem.strip().splitlines()
    kinds = [kind for kind in PEM_KINDS if lines and lines[0].strip() == f"-----BEGIN {kind}-----"]
    if not kinds:
        raise ValueError("the App's private key is not PEM text that begins with -----BEGIN RSA PRIVATE KEY-----")
    if lines[-1].strip() != f"-----END {kinds[0]}-----":
        raise ValueError(f"the App's private key is cut off: its last line is not -----END {kinds[0]}-----")


def _load(pem: str) -> RSAPrivateKey:
    check_key_shape(pem)
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        # Skipping the primality test saves tens of milliseconds; the key is the operator's own.
        key = load_pem_private_key(pem.strip().encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        raise ValueError("the App's private key is protected by a passphrase; give it without one") from None
    except Exception as error:  # noqa: BLE001 -- the library has many ways to say no; none may quote the key
        raise ValueError(f"the App's private key cannot be read ({type(error).__name__})") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the App's private key is not an RSA key; GitHub Apps sign with RS256")  # noqa: TRY004
    return key
