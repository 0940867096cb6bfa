"""A moment as a page says it: how long ago it was, and exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.words import ago


@dataclass(frozen=True, slots=True)
class Moment:
    """iso: for programs · exact: to the minute, in UTC · ago: `3 h ago`."""

    iso: str
    exact: str
    ago: str


def moment(at: datetime | None, now: datetime) -> Moment | None:
    """Return a moment of the past in words, None where there is none."""
    if at is None:
        return None
    utc = at.astimezone(UTC)
    return Moment(utc.isoformat(timespec="seconds"), f"{utc:%Y-%m-%d %H:%M} UTC", ago(at, now))


def exact(at: datetime) -> str:
    """Return a moment to the minute, in UTC; for what is still to come."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
