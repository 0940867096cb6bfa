"""When captures are due: an installation's time of day. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

SPREAD = timedelta(hours=6)
"""Captures begin within so much of the UTC day's beginning: GitHub hears from a few installations at a time."""
SCATTER = 2_654_435_761  # Knuth's multiplier: neighbouring ids land far apart
IDS = 2**32
PERSONAL = 0
"""The installation that stands for "read with a personal token": no capture is ever due there."""


def today(now: datetime) -> date:
    """Return the UTC date."""
    return now.astimezone(UTC).date()


def slot(installation_id: int) -> timedelta:
    """Return how long after 00:00 UTC an installation's capture begins, always the same, less than `SPREAD`."""
    return SPREAD * (installation_id * SCATTER % IDS / IDS)


def begins(installation_id: int, day: date) -> datetime:
    """Return when an installation's capture of a UTC date begins."""
    return datetime.combine(day, time(), UTC) + slot(installation_id)


def next_capture(installation_id: int, now: datetime, *, planned: bool) -> datetime:
    """Return when an installation's next capture begins; `planned` tells whether this date's was ordered already."""
    return max(now, begins(installation_id, today(now) + timedelta(days=1 if planned else 0)))
