"""What each answer of GitHub asks for, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.limits import LONGEST_PAUSE, MOST_ATTEMPTS, GiveUp, Proceed, Retry, Wait, decide

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
IN_TEN_MINUTES = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 600)}
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


WAITS: list[tuple[str, int, dict[str, str], str | None, datetime]] = [
    ("retry-after on 403", 403, {"retry-after": "30"}, None, seconds(30)),
    ("retry-after on 429", 429, {"retry-after": "30"}, None, seconds(30)),
    ("retry-after goes before the reset", 403, {"retry-after": "30", **IN_TEN_MINUTES}, None, seconds(30)),
    ("retry-after as a date", 429, {"retry-after": "Sun, 22 Nov 2026 08:02:00 GMT"}, None, seconds(120)),
    ("retry-after of nothing is a second", 429, {"retry-after": "0"}, None, seconds(1)),
    ("retry-after that nobody can read", 429, {"retry-after": "soon"}, None, seconds(60)),
    ("remaining is the text 0", 403, IN_TEN_MINUTES, None, seconds(601)),
    ("remaining 0 on 429", 429, IN_TEN_MINUTES, None, seconds(601)),
    ("secondary, told by its sentence only", 403, {}, SECONDARY, seconds(60)),
    ("secondary with requests left", 403, {"x-ratelimit-remaining": "4000"}, SECONDARY, seconds(60)),
    ("429 without a word", 429, {}, None, seconds(60)),
    ("abuse detection, the old sentence", 403, {}, "You have triggered an abuse detection mechanism.", seconds(60)),
    ("a reset in the past: clocks differ", 403, {**IN_TEN_MINUTES, "x-ratelimit-reset": "5"}, None, seconds(1)),
]


@pytest.mark.parametrize(
    ("status", "headers", "message", "until"), [row[1:] for row in WAITS], ids=[w[0] for w in WAITS]
)
def test_a_limit_is_waited_for(status: int, headers: dict[str, str], message: str | None, until: datetime) -> None:
    decision = decide(status, headers, NOW, attempt=1, message=message)
    assert isinstance(decision, Wait)
    assert decision.until == until


@pytest.mark.parametrize(
    ("status", "headers"),
    [(200, {}), (201, {}), (202, {}), (204, {}), (304, {}), (200, IN_TEN_MINUTES), (304, IN_TEN_MINUTES), (301, {})],
)
def test_a_good_answer_may_be_used_even_if_it_was_the_last_of_the_hour(status: int, headers: dict[str, str]) -> None:
    assert decide(status, headers, NOW, attempt=1) == Proceed()


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {}),
        (403, {"x-ratelimit-remaining": "1"}),  # a plain refusal with requests left
        (401, {}),
        (404, {}),
        (422, {}),
        (404, IN_TEN_MINUTES),
    ],
)
def test_what_waiting_would_not_change_is_given_up(status: int, headers: dict[str, str]) -> None:
    assert decide(status, headers, NOW, attempt=1, message="no") == GiveUp("no")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_stumble_is_repeated_after_longer_and_longer_pauses(status: int) -> None:
    pauses = [decide(status, {}, NOW, attempt=attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert [pause.after.total_seconds() for pause in pauses if isinstance(pause, Retry)] == [1, 2, 4, 8]
    assert isinstance(decide(status, {}, NOW, attempt=MOST_ATTEMPTS), GiveUp)


def test_a_stumble_may_name_its_own_pause() -> None:
    assert decide(503, {"retry-after": "9"}, NOW, attempt=1) == Retry(timedelta(seconds=9), "503")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation ID 1."}, Wait),
        ({"type": "RATE_LIMIT", "message": "API rate limit already exceeded"}, Wait),
        ({"message": "API rate limit exceeded"}, Wait),
        ({"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}, Wait),
        ({"extensions": {"code": "RATE_LIMITED"}, "message": "Slow down"}, Wait),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}, Proceed),
        ({"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}, Proceed),
    ],
)
def test_a_graphql_limit_arrives_as_200_with_errors(error: dict[str, Any], expected: type) -> None:
    """Which of the other errors matters is for the reader of the data."""
    assert isinstance(decide(200, {}, NOW, attempt=1, graphql_errors=[error]), expected)


def test_a_graphql_answer_may_have_a_message_in_place_of_errors() -> None:
    """Expected: only GraphQL's; a REST answer may hold a message of somebody's about rate limits."""
    said = "You have exceeded a secondary rate limit."
    assert isinstance(decide(200, {}, NOW, attempt=1, graphql_errors=[], message=said), Wait)
    assert isinstance(decide(200, {}, NOW, attempt=1, message=said), Proceed)


def test_a_graphql_limit_ends_when_its_hour_does() -> None:
    decision = decide(200, IN_TEN_MINUTES, NOW, attempt=1, graphql_errors=[{"type": "RATE_LIMITED"}])
    assert isinstance(decision, Wait)
    assert decision.until == seconds(601)


def test_jitter_lengthens_a_wait_without_a_given_time_by_up_to_a_quarter() -> None:
    """60 s, 75 s: never shorter than GitHub asks for, and a given time is kept to the second."""
    spread = [decide(429, {}, NOW, attempt=1, jitter=jitter) for jitter in (0.0, 1.0)]
    assert [one.until for one in spread if isinstance(one, Wait)] == [seconds(60), seconds(75)]
    told = decide(429, {"retry-after": "30"}, NOW, attempt=1, jitter=1.0)
    assert isinstance(told, Wait)
    assert told.until == seconds(30)


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_waits_grow_with_the_attempts_and_stay_bounded(attempt: int, jitter: float) -> None:
    now, after = (decide(429, {}, NOW, attempt=one, jitter=jitter) for one in (attempt, attempt + 1))
    assert isinstance(now, Wait)
    assert isinstance(after, Wait)
    assert seconds(60) <= now.until <= after.until <= NOW + LONGEST_PAUSE * 1.25
