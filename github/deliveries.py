"""Whether a webhook delivery really comes from GitHub, HMAC-SHA256 over the raw body, and what it holds."""

from __future__ import annotations

import hmac
import json
from typing import Any

import msgspec

from github.nul import without_nul

PREFIX = "sha256="


class _Repository(msgspec.Struct):
    id: int


class _Envelope(msgspec.Struct):
    repository: _Repository | None = None


_ENVELOPE = msgspec.json.Decoder(_Envelope)


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


def repository_of(body: bytes) -> int | None:
    """Return the id of the repository that a delivery is about, None if it is about none.

    Raises ValueError as `payload_of` does. Most bodies are read without building any value but that number.
    """
    try:
        if not body.isascii():
            body.decode()  # what the decoder passes over, it does not look at
        envelope = _ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # of another shape, or no JSON: a closer look
        repository = payload_of(body).get("repository")
        found = repository.get("id") if isinstance(repository, dict) else None
        return found if isinstance(found, int) and not isinstance(found, bool) else None
    return None if envelope.repository is None else envelope.repository.id


def payload_of(body: bytes) -> dict[str, Any]:
    """Return a delivery's payload; raises ValueError with what is wrong if the body is not a JSON object.

    A text that was cut through the middle of a character arrives as half of a surrogate pair, which msgspec refuses.
    """
    body = without_nul(body)
    try:
        payload = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        payload = lenient(body)
    if not isinstance(payload, dict):
        raise ValueError("the body is JSON but not an object")  # noqa: TRY004 - a wrong value, not a wrong call
    return payload


def lenient(body: bytes) -> Any:
    """Read JSON with the standard library, every half of a surrogate pair replaced."""
    try:
        return sound(json.loads(body.decode(), parse_constant=no_number))
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON; set the webhook's content type to application/json") from None


def no_number(word: str) -> Any:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{word} is no JSON")


def sound(value: Any) -> Any:
    """Return `value` with every text writable as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [sound(each) for each in value]
    if isinstance(value, dict):
        return {sound(key): sound(each) for key, each in value.items()}
    return value
