"""What the bot says when it does not answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.keys import find_key
from reports.mistake import Mistake
from reports.sentences import cannot_later, failure, mistake, waiting

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "about", "expected"),
    [
        (1_240, 5_100, "Reading 1,240 of about 5,100 pull requests of `o/r` … This comment becomes the answer."),
        (5_200, 5_100, "Reading 5,200 of about 5,200 pull requests of `o/r` … This comment becomes the answer."),
        (1_240, None, "Reading pull requests of `o/r`, 1,240 so far … This comment becomes the answer."),
        (0, 5_100, "Reading pull requests of `o/r` … This comment becomes the answer."),
    ],
)
def test_progress_is_said_in_numbers(read: int, about: int | None, expected: str) -> None:
    assert waiting("o/r", read=read, about=about, noun="pull requests", key=None) == expected


def test_a_mistake_names_what_was_wrong_the_nearest_word_and_the_usage() -> None:
    wrong = Mistake("`pulz` is neither a metric nor a period.", "/analytics [metric] [30d | 12w]", nearest="pulls")
    assert mistake(wrong) == (
        "`pulz` is neither a metric nor a period. Did you mean `pulls`?\n\n"
        "Usage: `/analytics [metric] [30d | 12w]`\n\n"
        "<sub>`/analytics help` says what can be asked</sub>"
    )


def test_a_failure_is_one_neutral_sentence_with_what_finds_it() -> None:
    assert failure("0b989ba4-242f-11e5-81e1-c7b6966d2516") == (
        "This could not be answered, through no fault of the question. "
        "In the logs it is delivery `0b989ba4-242f-11e5-81e1-c7b6966d2516`."
    )


def test_a_wait_says_until_when_and_blames_nobody() -> None:
    assert cannot_later(NOW) == (
        "Not everything could be read from GitHub yet; the next try is after 2026-11-22 08:00 UTC. "
        "This comment becomes the answer."
    )


def test_every_sentence_can_carry_the_key() -> None:
    wrong = Mistake("A sentence.", "usage")
    for body in (
        waiting("o/r", read=0, about=None, noun="issues", key="answer-1-2"),
        mistake(wrong, key="answer-1-2"),
        failure("x", key="answer-1-2"),
        cannot_later(NOW, key="answer-1-2"),
    ):
        assert find_key(body) == "answer-1-2"
