"""The sandbox's time, which whoever drives it sets, moves and stops."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Runs on from `start` at the pace of the machine until it is set, advanced or frozen."""

    def __init__(self, start: datetime | None = None) -> None:
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._since: float | None = time.monotonic()

    @property
    def frozen(self) -> bool:
        return self._since is None

    def now(self) -> datetime:
        """Return the sandbox's time, aware UTC."""
        if self._since is None:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def set(self, moment: datetime) -> None:
        """Jump to `moment`; a running clock runs on from there. A naive datetime raises ValueError."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment.isoformat()} has no time zone; the sandbox's clock is in UTC")
        self._base = moment.astimezone(UTC)
        if self._since is not None:
            self._since = time.monotonic()

    def advance(self, step: timedelta) -> None:
        """Jump ahead by `step`."""
        self.set(self.now() + step)

    def freeze(self) -> None:
        """Stop: from here on only `set` and `advance` move the time."""
        self._base, self._since = self.now(), None

    def thaw(self) -> None:
        """Run on."""
        self._base, self._since = self.now(), time.monotonic()


def iso(moment: datetime) -> str:
    """Return `moment` as GitHub writes times, whole seconds of UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """Read an ISO 8601 time with an offset; ValueError without one."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.astimezone(UTC)
