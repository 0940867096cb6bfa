"""How much may be asked within an hour: any hour, counted by when comments were written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.limits import HOUR, PERSON_MAY_ASK, REPOSITORY_MAY_BE_ASKED, TooMuch, again, fits, measured, was_told
from storage.askings import Asking

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def asked(minutes: Sequence[int], login: str = "opal", commands: int = 1) -> list[Asking]:
    return [Asking(login, place, NOW + minute * MINUTE, commands) for place, minute in enumerate(minutes)]


def test_a_person_may_ask_sixty_times_an_hour_and_again_when_the_first_is_an_hour_old() -> None:
    before = asked(range(-59, 0), commands=1)
    assert PERSON_MAY_ASK == 60
    assert measured(before, "Opal", NOW, 1) is None
    assert measured(before, "opal", NOW, 2) == TooMuch(NOW + MINUTE, everybody=False)
    assert measured(before, "topaz", NOW, 2) is None


def test_a_repository_is_asked_two_hundred_times_an_hour() -> None:
    before = [one for login in ("a", "b", "c", "d") for one in asked([-30], login, 50)]
    assert REPOSITORY_MAY_BE_ASKED == 200
    assert measured(before, "e", NOW, 1) == TooMuch(NOW + 30 * MINUTE, everybody=True)
    assert measured(before[:3], "e", NOW, 5) is None


def test_what_was_asked_an_hour_ago_to_the_second_counts_no_more() -> None:
    assert not fits(asked([-59], commands=5), NOW, 1, 5)
    assert fits(asked([-60], commands=5), NOW, 1, 5)


def test_what_is_asked_later_and_was_answered_sooner_counts_too() -> None:
    """Deliveries come in any order: no hour around a comment has more than it may."""
    assert not fits(asked([30, 40, 50]), NOW, 1, 3)
    assert fits(asked([-50, 50]), NOW, 1, 2)


@given(
    st.lists(st.tuples(st.integers(-300, 300), st.integers(1, 5)), max_size=40),
    st.integers(1, 12),
)
def test_whatever_the_order_no_hour_has_more_than_it_may(comments: list[tuple[int, int]], most: int) -> None:
    answered: list[Asking] = []
    for place, (minute, commands) in enumerate(comments):
        at = NOW + minute * MINUTE
        if fits(answered, at, commands, most):
            answered.append(Asking("opal", place, at, commands))
    for one in answered:
        hour = [other.commands for other in answered if one.asked_at <= other.asked_at < one.asked_at + HOUR]
        assert sum(hour) <= most


@given(st.lists(st.integers(-59, 0), min_size=1, max_size=20), st.integers(1, 5))
def test_who_comes_back_when_told_is_answered(minutes: list[int], most: int) -> None:
    before = asked(minutes)
    if not fits(before, NOW, 1, most):
        until = again(before, NOW, 1, most)
        assert NOW < until <= NOW + HOUR
        assert fits(before, until, 1, most)
        assert not fits(before, until - MINUTE, 1, most) or until - MINUTE <= NOW


@pytest.mark.parametrize(("minutes", "told"), [([-60], False), ([-59], True), ([0], True), ([1], False), ([], False)])
def test_somebody_is_told_once_an_hour(minutes: list[int], told: bool) -> None:
    assert was_told(asked(minutes, commands=0), "OPAL", NOW) is told
    assert not was_told(asked(minutes, commands=0), "topaz", NOW)
    assert not was_told(asked(minutes), "opal", NOW)
