"""Answers come back byte for byte from their packed body, whatever they hold; the dictionary never changes."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import raw

# What is stored in version 1 was packed with this dictionary: a changed one needs a new version beside it.
DICTIONARY_SHA256 = "a638a7582272bbb317ec01412e5640ad7231eec6d7ec2ced3de8770e1f0e7e90"


@given(st.dictionaries(st.text(max_size=12), st.binary(max_size=400), max_size=6))
def test_any_parts_come_back_as_they_were(parts: dict[str, bytes]) -> None:
    body = raw.pack(parts)
    assert raw.unpack(body) == parts
    assert raw.pack(dict(reversed(parts.items()))) == body


def test_the_dictionary_of_version_1_is_the_one_that_bodies_were_packed_with() -> None:
    assert raw.VERSION == 1
    assert hashlib.sha256(raw.DICTIONARY).hexdigest() == DICTIONARY_SHA256


def test_a_body_of_another_version_is_refused() -> None:
    for body in (b"\x02" + raw.pack({})[1:], b""):
        with pytest.raises(ValueError, match="newer version"):
            raw.unpack(body)


def test_fourteen_days_of_views_take_a_hundred_bytes_or_two() -> None:
    days = [
        {"timestamp": f"2026-11-{day:02}T00:00:00Z", "count": day * 7 % 23, "uniques": day % 5} for day in range(1, 15)
    ]
    body = json.dumps({"count": 150, "uniques": 21, "views": days}, separators=(",", ":")).encode()
    assert len(body) > 800
    assert len(raw.pack({"views": body})) < 140
