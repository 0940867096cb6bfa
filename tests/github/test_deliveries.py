"""Whether a delivery is GitHub's."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.deliveries import payload_of, sign, verify

# From GitHub's documentation, "Validating webhook deliveries".
SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_githubs_published_example_is_genuine() -> None:
    assert verify(SECRET, BODY, SIGNATURE)
    assert sign(SECRET, BODY) == SIGNATURE


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE.upper(),
        "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest(),
        "sha256=\N{SNOWMAN}",
        "sha256=\udc80",
    ],
)
def test_anything_else_is_not(header: str | None) -> None:
    assert not verify(SECRET, BODY, header)


def test_an_empty_secret_signs_nothing() -> None:
    """Else whoever guesses that none was set could sign."""
    with pytest.raises(ValueError, match="must not be empty"):
        verify(b"", BODY, SIGNATURE)


@given(st.binary(min_size=1), st.binary(), st.binary())
def test_a_signature_is_of_one_body_only(secret: bytes, body: bytes, other: bytes) -> None:
    assert verify(secret, body, sign(secret, body))
    assert verify(secret, other, sign(secret, body)) == (body == other)


def test_a_payload_is_a_json_object() -> None:
    assert payload_of(b'{"action": "created"}') == {"action": "created"}
    with pytest.raises(ValueError, match="is not JSON"):
        payload_of(b"payload=%7B%7D")
    with pytest.raises(ValueError, match="not an object"):
        payload_of(b"[1]")


def test_a_text_cut_through_a_character_is_still_a_payload() -> None:
    """Half of a surrogate pair: JSON has it, UTF-8 does not."""
    assert payload_of(rb'{"title": "fine \ud83d", "\ud83d": [1, "\ud83d"]}') == {"title": "fine ?", "?": [1, "?"]}


def test_a_body_nested_without_end_is_not_json() -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        payload_of(b"[" * 200_000)
