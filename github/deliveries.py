"""Whether a webhook delivery really comes from GitHub: HMAC-SHA256 over the raw body."""

from __future__ import annotations

import hmac
import json
from typing import Any

import orjson

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


def payload_of(body: bytes) -> dict[str, Any]:
    """Return a delivery's payload; raises ValueError with what is wrong if the body is not a JSON object.

    A text that was cut through the middle of a character arrives as half of a surrogate pair, which orjson refuses.
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        payload = lenient(body)
    if not isinstance(payload, dict):
        raise ValueError("the body is JSON but not an object")  # noqa: TRY004 - a wrong value, not a wrong call
    return payload


def lenient(body: bytes) -> Any:
    """Read JSON with the standard library, every half of a surrogate pair replaced."""
    try:
        return sound(json.loads(body))
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON; set the webhook's content type to application/json") from None


def sound(value: Any) -> Any:
    """Return `value` with every text writable as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [sound(each) for each in value]
    if isinstance(value, dict):
        return {sound(key): sound(each) for key, each in value.items()}
    return value
