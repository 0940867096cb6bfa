"""How fast Almanac may write: bursts of 5, then one a second, never above 80 a minute and 500 an hour.

The last two are GitHub's limits on requests that create content; the first is how it asks to be written to.
Pure: a `Pace` is a value, time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BURST = 5
INTERVAL = timedelta(seconds=1)
WINDOWS = ((80, timedelta(minutes=1)), (500, timedelta(hours=1)))
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = max(most for most, _ in WINDOWS)


@dataclass(frozen=True, slots=True)
class Pace:
    """When the latest writes went out, oldest first, and the theoretical time of the next one.

    `due` is the arrival time of the generic cell rate algorithm: a token bucket of BURST tokens that gains one each
    INTERVAL.
    """

    sent: tuple[datetime, ...] = ()
    due: datetime = LONG_AGO

    def earliest(self, now: datetime, *, keep: int = 0) -> datetime:
        """Return when the next write may go, `now` or later, leaving room for `keep` more right after it."""
        moment = max(now, self.due - INTERVAL * (BURST - 1 - min(keep, BURST - 1)))
        for most, span in WINDOWS:
            place = most - keep
            if len(self.sent) >= place:
                moment = max(moment, self.sent[-place] + span)
        return moment

    def after(self, moment: datetime) -> Pace:
        """Return the pace once a write has gone out at `moment`."""
        return Pace(tuple(sorted((*self.sent, moment)))[-KEPT:], max(moment, self.due) + INTERVAL)
