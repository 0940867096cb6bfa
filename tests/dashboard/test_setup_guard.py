"""Whoever reads the log may set the server up: with the last code, once, in one browser, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.setup_guard import STATE_LIVES, STAYS, Guard, Session

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Door:
    """A guard, the log it writes to, and a clock."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.time = NOON
        self.guard = Guard(self.log.append, lambda: self.time)


@pytest.fixture
def door() -> Door:
    return Door()


def test_the_code_in_the_log_opens_a_session_however_it_is_typed(door: Door) -> None:
    (code,) = door.log
    session = door.guard.enter(f"  {code.upper().replace('-', ' ')}\n")
    assert session is not None
    assert door.guard.session(session.token) is session
    assert door.guard.session("") is door.guard.session(session.csrf) is door.guard.session("é\ud800") is None
    assert session.token not in repr(session)


def test_a_code_is_good_once(door: Door) -> None:
    assert door.guard.enter(door.log[0]) is not None
    assert door.guard.enter(door.log[0]) is None
    assert len(door.log) == 2, "the next one is for another browser"


def test_a_new_session_ends_the_one_before(door: Door) -> None:
    first = door.guard.enter(door.log[-1])
    second = door.guard.enter(door.log[-1])
    assert first is not None
    assert second is not None
    assert door.guard.session(first.token) is None
    assert door.guard.session(second.token) is second


def test_wrong_codes_keep_nobody_out_and_fill_no_log(door: Door) -> None:
    for _ in range(1000):
        assert door.guard.enter("k7mn-2xqp-9rtd") is None
    (code,) = door.log
    assert door.guard.enter(code) is not None


def test_a_session_ends(door: Door) -> None:
    session = door.guard.enter(door.log[-1])
    assert session is not None
    door.time += STAYS - timedelta(seconds=1)
    assert door.guard.session(session.token) is session
    door.time += timedelta(seconds=1)
    assert door.guard.session(session.token) is None


def test_a_state_comes_back_once_within_the_hour() -> None:
    session = Session(NOON + STAYS)
    state = session.begin(NOON)
    assert not session.came_back("invented", NOON), "and what was begun goes on"
    assert session.came_back(state, NOON + STATE_LIVES - timedelta(seconds=1))
    assert not session.came_back(state, NOON)
    late = session.begin(NOON)
    assert not session.came_back(late, NOON + STATE_LIVES)
    before = session.begin(NOON)
    session.begin(NOON)
    assert not session.came_back(before, NOON), "only the last one counts"
    assert not Session(NOON + STAYS).came_back(session.begin(NOON), NOON), "another browser's"
