"""U+0000 goes out of what GitHub says, and nothing else changes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from github.deliveries import payload_of
from github.nul import without_nul

TEXTS = st.text(alphabet=st.sampled_from('\0\\"u0ab/é'))


@given(st.dictionaries(TEXTS, st.lists(TEXTS)))
def test_each_nul_is_replaced_and_nothing_else(said: dict[str, list[str]]) -> None:
    def replaced(text: str) -> str:
        return text.replace("\0", "\ufffd")

    found = json.loads(without_nul(json.dumps(said).encode()))
    assert found == {replaced(key): [replaced(each) for each in values] for key, values in said.items()}


def test_a_backslash_before_the_same_letters_is_a_backslash() -> None:
    body = json.dumps({"path": "C:\\u0000"}).encode()
    assert without_nul(body) == body


def test_a_delivery_has_none_either() -> None:
    assert payload_of(json.dumps({"title": "cut\0here"}).encode()) == {"title": "cut\ufffdhere"}
