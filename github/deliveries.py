"""Whether a webhook delivery really comes from GitHub: HMAC-SHA256 over the raw body."""

from __future__ import annotations

import hmac

PREFIX = "sha256="


def sign(secret: bytes, body: bytes) -> str:
    """Return the value of `X-Hub-Signature-256` for `body`; an empty secret raises ValueError."""
    if not secret:
        raise ValueError("a webhook secret must not be empty")
    return PREFIX + hmac.digest(secret, body, "sha256").hex()


def verify(secret: bytes, body: bytes, signature_header: str | None) -> bool:
    """Return whether the header is GitHub's signature of the raw body, in constant time.

    A missing header, an old SHA-1 signature and anything that is not ASCII are simply wrong.
    """
    expected = sign(secret, body).encode()
    given = (signature_header or "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(expected, given)
