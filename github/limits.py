"""What GitHub's answer asks of us: go on, wait, try again or give up. Pure: no clock, no randomness, no I/O.

Rules: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

MOST_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(seconds=30)
SECONDARY_PAUSE = timedelta(seconds=60)  # what GitHub asks for at least when it gives no time
LONGEST_PAUSE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)

LIMIT_WORDS = ("rate limit", "abuse detection", "submitted too quickly")
GRAPHQL_LIMITS = frozenset({"RATE_LIMITED", "RATE_LIMIT"})


@dataclass(frozen=True, slots=True)
class Proceed:
    """The answer may be used."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A limit was reached: nothing may be asked before `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """GitHub stumbled: what may be repeated may be repeated `after` this long."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Asking again would change nothing."""

    reason: str


Decision = Proceed | Wait | Retry | GiveUp


def decide(
    status: int,
    headers: Mapping[str, str],
    now: datetime,
    *,
    attempt: int,
    graphql_errors: Sequence[Mapping[str, Any]] | None = None,
    message: str | None = None,
    jitter: float = 0.0,
) -> Decision:
    """Decide what to do after attempt number `attempt` (from 1) was answered with `status`.

    headers: names in lower case, or any case if the mapping ignores case · message: the body's `message` ·
    jitter: a number in [0, 1) that lengthens a wait GitHub gave no time for by up to a quarter, so that many clients
    do not come back at once. Limits go before everything else, and only they make a 403 worth repeating.
    """
    if _is_limit(status, headers, graphql_errors, message):
        return Wait(_limit_ends(headers, now, attempt, jitter), message or f"a rate limit of GitHub ({status})")
    if status >= 500 or status == 408:
        if attempt >= MOST_ATTEMPTS:
            return GiveUp(f"GitHub answered {status}, {attempt} times in a row")
        return Retry(_retry_after(headers, now) or _growing(FIRST_RETRY, LONGEST_RETRY, attempt, jitter), f"{status}")
    if status >= 400:
        return GiveUp(message or f"GitHub answered {status}")
    return Proceed()


def used_up(headers: Mapping[str, str]) -> bool:
    """Return whether an answer says that the hour's requests of its kind are used up, rather than another limit met."""
    return _remaining(headers) == 0 and "retry-after" not in headers


def _is_limit(
    status: int,
    headers: Mapping[str, str],
    graphql_errors: Iterable[Mapping[str, Any]] | None,
    message: str | None,
) -> bool:
    if status == 429:
        return True
    if status == 403:
        said = (message or "").lower()
        return "retry-after" in headers or _remaining(headers) == 0 or any(words in said for words in LIMIT_WORDS)
    if status != 200 or graphql_errors is None:
        return False
    # GraphQL's answers are 200 whatever they say; the secondary limit's may have a message in place of errors
    told: list[Mapping[str, Any]] = [*graphql_errors, {"message": message or ""}]
    return any(is_rate_limited(error) for error in told)


def is_rate_limited(error: Mapping[str, Any]) -> bool:
    """Return whether one entry of a GraphQL answer's `errors` is a rate limit."""
    extensions = error.get("extensions")
    kinds = (error.get("type"), error.get("code"), extensions.get("code") if isinstance(extensions, Mapping) else None)
    said = str(error.get("message", "")).lower()
    return any(kind in GRAPHQL_LIMITS for kind in kinds) or any(words in said for words in LIMIT_WORDS)


def _limit_ends(headers: Mapping[str, str], now: datetime, attempt: int, jitter: float) -> datetime:
    told = _retry_after(headers, now)
    if told is not None:
        return now + told
    reset = _number(headers.get("x-ratelimit-reset"))
    if _remaining(headers) == 0 and reset is not None:
        # At least a little, and growing: a reset in the past means that the two clocks disagree.
        return max(datetime.fromtimestamp(reset, UTC) + SECOND, now + _growing(SECOND, LONGEST_PAUSE, attempt, jitter))
    return now + _growing(SECONDARY_PAUSE, LONGEST_PAUSE, attempt, jitter)


def _remaining(headers: Mapping[str, str]) -> int | None:
    # The header is text: "0" is a true value, so it is read as a number before it is compared.
    return _number(headers.get("x-ratelimit-remaining"))


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that `retry-after` names, in seconds or as an HTTP date, at least one second."""
    text = headers.get("retry-after")
    if not text:
        return None
    seconds = _number(text)
    if seconds is not None:
        return max(timedelta(seconds=seconds), SECOND)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return SECONDARY_PAUSE
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, SECOND)


def _growing(first: timedelta, longest: timedelta, attempt: int, jitter: float) -> timedelta:
    doubled: timedelta = min(first * (1 << min(attempt - 1, 16)), longest)
    return doubled * (1 + jitter / 4)


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
