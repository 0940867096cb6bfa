"""When people work: weekdays and holidays, the hours of their time zone, and how long things lie before the next turn.

Moments are whole seconds since 1970 in UTC, because half a million of them are made at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from random import Random

HOUR = 3600
DAY = 24 * HOUR

# Monday to Sunday, 1 = an ordinary day.
WEEKDAYS = (0.98, 1.10, 1.12, 1.06, 0.84, 0.17, 0.15)
# Share of a day's work that begins in each local hour, from midnight: two humps around lunch and some night owls.
HOURS = (3, 2, 1, 1, 1, 2, 6, 18, 44, 76, 92, 84, 52, 62, 88, 92, 80, 58, 36, 24, 20, 18, 13, 7)
HOUR_SUMS = tuple(accumulate(HOURS))
FIRST_HOUR, LAST_HOUR = 8, 19


@dataclass(frozen=True, slots=True)
class Span:
    """A repository's time: it began at `since` and was left alone from `until` on, at the latest `now`."""

    since: int
    until: int
    now: int

    def share(self, at: int) -> float:
        """Return a moment as a share of the time from the beginning to now, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.since) / max(1, self.now - self.since)))


def weight(day: int) -> float:
    """Return how much is done on a day, counted in days since 1970; 1 is an ordinary weekday."""
    date = datetime.fromtimestamp(day * DAY, UTC)
    share = WEEKDAYS[date.weekday()]
    if (date.month, date.day) >= (12, 21) or (date.month, date.day) <= (1, 3):
        return share * 0.22
    if date.month == 8:
        return share * 0.6
    return share


def days(random: Random, span: Span, count: int, growth: float = 1.0) -> list[int]:
    """Return `count` working days of the span in order; the last is `growth` times as busy as the first."""
    first, last = span.since // DAY, (span.until - 1) // DAY
    length = max(1, last - first)
    chances = [weight(day) * (1 + (growth - 1) * (day - first) / length) for day in range(first, last + 1)]
    return sorted(random.choices(range(first, last + 1), cum_weights=list(accumulate(chances)), k=count))


def moment(random: Random, day: int, zone: float) -> int:
    """Return a moment of that day as it is lived `zone` hours east of Greenwich."""
    hour = random.choices(range(24), cum_weights=HOUR_SUMS)[0]
    return day * DAY + int((hour + random.random() - zone) * HOUR)


def later(random: Random, after: int, median_hours: float, sigma: float, zone: float) -> int:
    """Return when someone takes their turn: a log-normal wait, and mostly not at night nor at the weekend."""
    turn = after + 1 + int(random.lognormvariate(math.log(median_hours), sigma) * HOUR)
    if random.random() < 0.15:
        return turn
    local = turn + int(zone * HOUR)
    day, second = divmod(local, DAY)
    if (day + 3) % 7 < 5 and FIRST_HOUR * HOUR <= second < LAST_HOUR * HOUR:
        return turn
    if second >= LAST_HOUR * HOUR:
        day += 1
    while (day + 3) % 7 >= 5:
        day += 1
    start = day * DAY + FIRST_HOUR * HOUR + int(random.expovariate(1 / 1.6) * HOUR) - int(zone * HOUR)
    # A turn at seven in the morning that moves to eight must not move to before it was due.
    return max(turn, start)


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%dT")


def stamp(seconds: int) -> str:
    """Return the moment as GitHub writes it, `2026-11-22T08:00:00Z`."""
    day, second = divmod(seconds, DAY)
    minute, second = divmod(second, 60)
    return f"{_date(day)}{minute // 60:02}:{minute % 60:02}:{second:02}Z"


def maybe_stamp(seconds: int | None) -> str | None:
    """Return `stamp(seconds)`, or None for what has not happened."""
    return None if seconds is None else stamp(seconds)
