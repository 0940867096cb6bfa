"""A half-open span of time, `since <= t < until`, in aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Where git begins to count seconds. Not GitHub's or git's own birth: imported history is decades older than both.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def as_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; a naive datetime is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; give an aware time such as {moment.isoformat()}Z")
    return moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """Return `moment` as GitHub writes times: `2026-11-22T08:00:00Z`, whole seconds, UTC."""
    return as_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """Read `2026-11-22T08:00:00Z` (any ISO 8601 offset) as aware UTC; naive text raises ValueError."""
    return as_utc(datetime.fromisoformat(text))


@dataclass(frozen=True, slots=True)
class Window:
    """The times t with `since <= t < until`; both ends are aware UTC and `since` lies before `until`.

    A window since BEGINNING, or earlier, is the whole history: it has no lower end, and holds what is dated before.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", as_utc(self.since))
        object.__setattr__(self, "until", as_utc(self.until))
        if self.since >= self.until:
            raise ValueError(f"a window must begin before it ends; {iso(self.since)} is not before {iso(self.until)}")

    @classmethod
    def last(cls, days: float, until: datetime) -> Window:
        """Return the `days` days before `until`."""
        return cls(until - timedelta(days=days), until)

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    @property
    def days(self) -> float:
        return self.length / timedelta(days=1)

    @property
    def whole(self) -> bool:
        """True where everything before `until` is meant."""
        return self.since <= BEGINNING

    def previous(self) -> Window:
        """Return the equally long window that ends where this one begins."""
        return Window(self.since - self.length, self.since)

    def __contains__(self, moment: datetime) -> bool:
        return (self.whole or self.since <= moment) and moment < self.until
