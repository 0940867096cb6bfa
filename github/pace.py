"""How fast Almanac may write: bursts of 5, then one a second, never above 80 a minute and 500 an hour.

The last two are GitHub's limits on requests that create content; the first is how it asks to be written to. What
matters less leaves room for what matters more. Pure: a `Pace` is a value, time is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

BURST = 5
INTERVAL = timedelta(seconds=1)
PER_MINUTE, PER_HOUR = 80, 500
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AHEAD = timedelta(minutes=10)  # further than any turn is given
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Urgency(IntEnum):
    """What a write is for; of those that wait the lowest number goes first."""

    EDIT = 0
    """What stands in a thread becomes right: a sentence about waiting becomes the answer."""
    ANSWER = 1
    """A new comment for somebody who has asked."""
    UNASKED = 2
    """What nobody waits for: a webhook that speaks, a report. It comes again later rather than wait."""
    PASSING = 3
    """What is soon over, a reaction or how far reading has come: left out rather than late."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many places a write leaves to more urgent ones: of the burst, of the minute, of the hour."""

    burst: int = 0
    minute: int = 0
    hour: int = 0


NONE_LEFT = Room()
ROOM: Mapping[Urgency, Room] = {
    Urgency.EDIT: NONE_LEFT,
    Urgency.ANSWER: Room(0, 4, 20),
    Urgency.UNASKED: Room(2, 20, 100),
    Urgency.PASSING: Room(2, 30, 150),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """When the latest writes went out, oldest first, and the theoretical time of the next one.

    `due` is the arrival time of the generic cell rate algorithm: a token bucket of BURST tokens that gains one each
    INTERVAL.
    """

    sent: tuple[datetime, ...] = ()
    due: datetime = LONG_AGO

    def earliest(self, now: datetime, room: Room = NONE_LEFT) -> datetime:
        """Return when the next write may go, `now` or later, if it is to leave that much room."""
        moment = max(now, self.due - INTERVAL * (BURST - 1 - min(room.burst, BURST - 1)))
        for most, span in ((PER_MINUTE - room.minute, MINUTE), (PER_HOUR - room.hour, HOUR)):
            if len(self.sent) >= most:
                moment = max(moment, self.sent[-most] + span)
        return moment

    def known_at(self, now: datetime) -> Pace:
        """Return the pace without what only a clock can have noted that has been set back since."""
        if self.due <= now + AHEAD:
            return self
        return Pace(tuple(moment for moment in self.sent if moment <= now), now)

    def after(self, moment: datetime) -> Pace:
        """Return the pace once a write has gone out at `moment`."""
        return Pace(tuple(sorted((*self.sent, moment)))[-PER_HOUR:], max(moment, self.due) + INTERVAL)
