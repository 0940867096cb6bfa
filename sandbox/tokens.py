"""App JSON Web Tokens checked as GitHub checks them, and installation tokens in GitHub's format of 2026."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.apps import AppRegistration
from sandbox.errors import Refusal

LONGEST_JWT = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=1)
DECODE = "A JSON web token could not be decoded"
EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time "
    "at which the assertion expires"
)
TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
ISSUED = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """What an issued token may do: its installation's permissions, or fewer, on all or some of its repositories."""

    token: str
    installation_id: int
    expires_at: datetime
    permissions: Mapping[str, str]
    repository_ids: frozenset[int] | None


@lru_cache(maxsize=16)
def public_key(pem: str) -> RSAPublicKey:
    """Load a PEM public key once."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("a GitHub App's key is an RSA key")
    return key


def verify(token: str, app: AppRegistration | None, now: datetime) -> None:
    """Accept an App's JWT or raise the Refusal GitHub answers with."""
    try:
        issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
    except jwt.PyJWTError:
        raise Refusal(401, DECODE) from None
    if app is None or issuer not in (str(app.id), app.client_id):
        raise Refusal(404, "Integration not found")
    claims = next((found for key in (app.public_key, *app.more_public_keys) if (found := signed(token, key))), None)
    if claims is None:
        raise Refusal(401, DECODE)
    moment = now.timestamp()
    if not _is_number(claims.get("iat")) or claims["iat"] > moment:
        raise Refusal(401, ISSUED)
    if not _is_number(claims.get("exp")) or claims["exp"] <= moment:
        raise Refusal(401, EXPIRED)
    if claims["exp"] > moment + LONGEST_JWT.total_seconds():
        raise Refusal(401, TOO_FAR)


def signed(token: str, pem: str) -> dict[str, Any] | None:
    """Return what a JWT says if this key signed it, whatever time it says it is for."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token, public_key(pem), algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )  # fmt: skip
    except jwt.PyJWTError:
        return None
    return claims


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def mint(app_id: int, installation_id: int, now: datetime, source: random.Random) -> tuple[str, datetime]:
    """Return a new `ghs_<app id>_<JWT>` of about 520 characters and when it expires (whole seconds).

    The part after the App's id has a JWT's shape and means nothing to anybody but the sandbox's own table of tokens.
    """
    expires = (now + TOKEN_LIFE).replace(microsecond=0).astimezone(UTC)
    header = _segment({"alg": "ES256", "kid": hashlib.sha256(str(app_id).encode()).hexdigest()[:16], "typ": "JWT"})
    claims = _segment(
        {
            "aud": "api.github.com", "exp": int(expires.timestamp()), "iat": int(now.timestamp()), "iss": "github.com",
            "installation": installation_id, "jti": source.randbytes(24).hex(), "typ": "installation",
            "pad": source.randbytes(39).hex(),
        }
    )  # fmt: skip
    signature = base64.urlsafe_b64encode(source.randbytes(64)).decode().rstrip("=")
    return f"ghs_{app_id}_{header}.{claims}.{signature}", expires


def _segment(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")
