"""An answer's key is stable, invisible and found again."""

from __future__ import annotations

import pytest

from reports.keys import answer_key, find_key, hidden, with_key


def test_the_key_depends_on_repository_and_comment_only() -> None:
    assert answer_key(7, 42) == "answer-7-42"


def test_a_key_is_found_in_the_comment_it_was_put_into() -> None:
    assert find_key(with_key("text", answer_key(7, 42))) == "answer-7-42"


def test_a_comment_without_a_key_has_none() -> None:
    assert find_key("<!-- something else -->") is None
    assert with_key("text", None) == "text"


def test_the_last_key_counts() -> None:
    assert find_key(f"{hidden('a')} quoted\n{hidden('b')}") == "b"


def test_a_key_cannot_end_its_comment() -> None:
    with pytest.raises(ValueError, match="lower-case letters"):
        hidden("x --> y")
