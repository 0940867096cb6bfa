"""Whether a delivery is GitHub's."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.deliveries import payload_of, repository_of, sign, verify

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


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (b'{"repository": {"id": 7, "name": "rocket"}, "action": "created"}', 7),
        (b'{"action": "created"}', None),
        (b'{"repository": null}', None),
        (b'{"repository": {"name": "rocket"}}', None),
        (b'{"repository": {"id": "7"}}', None),
        (b'{"repository": {"id": true}}', None),
        (b'{"repository": ["id"]}', None),
        (rb'{"title": "fine \ud83d", "repository": {"id": 7}}', 7),
        (rb'{"repository": {"name": "fine \ud83d", "id": 7}}', 7),
        ('{"title": "größer", "repository": {"id": 7}}'.encode(), 7),
    ],
)
def test_the_repository_of_a_body_is_read_without_the_rest(body: bytes, number: int | None) -> None:
    assert repository_of(body) == number


@pytest.mark.parametrize(
    "body", [b"", b"payload=%7B%7D", b'{"a": 1', b'{"a": }', b'{"a": tru}', b'{"a": "\xff"}', b"[" * 200_000, b"{} {}"]
)
def test_reading_only_the_repository_refuses_what_is_not_json(body: bytes) -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        repository_of(body)


def test_reading_only_the_repository_refuses_what_is_no_object() -> None:
    with pytest.raises(ValueError, match="not an object"):
        repository_of(b"[1]")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text() | st.just("repository"), JSON), st.integers(0, 2**60) | st.none())
def test_the_repository_is_the_same_however_it_is_read(payload: dict[str, object], number: int | None) -> None:
    if number is not None:
        payload["repository"] = {"id": number}
    body = json.dumps(payload).encode()
    repository = payload_of(body).get("repository")
    found = repository.get("id") if isinstance(repository, dict) else None
    assert repository_of(body) == (found if type(found) is int else None)
