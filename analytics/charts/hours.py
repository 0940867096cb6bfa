"""A logarithmic axis of hours, with marks that people think in: 5 m, 1 h, 1 d, 1 w, 1 mo."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analytics.charts.axis import HOUR_MARKS, YEAR, fitting_names, spread

LONG_MARKS = tuple((years * YEAR, f"{years} y") for years in (5, 10, 20, 50, 100))
EVERY = (*HOUR_MARKS, *LONG_MARKS)
SOME = frozenset(
    ("5 m", "15 m", "1 h", "4 h", "1 d", "4 d", "1 w", "2 w", "1 mo", "3 mo", "1 y", "2 y", "5 y", "10 y", "50 y")
)
FEW = frozenset(("5 m", "1 h", "1 d", "1 w", "1 mo", "3 mo", "1 y", "10 y", "100 y"))
LEAST_RATIO = 8.0  # of the longest to the shortest duration of an axis: three marks at least


@dataclass(frozen=True, slots=True)
class HourAxis:
    """Where durations stand: `low` hours at the pixel `left`, `high` hours at `right`, logarithms between."""

    low: float
    high: float
    left: float
    right: float

    def across(self, hours: float) -> float:
        """Return the x of a duration; what is shorter or longer than the axis stands at its end."""
        inside = min(max(hours, self.low), self.high)
        return self.left + (self.right - self.left) * math.log(inside / self.low) / math.log(self.high / self.low)

    def marks(self, width: Callable[[str], float], ends: tuple[float, float]) -> list[tuple[float, str]]:
        """Return the x and the name of as many marks as fit side by side between `ends`."""
        inside = [(hours, label) for hours, label in EVERY if self.low <= hours <= self.high * (1 + 1e-9)]
        for wanted in (None, SOME, FEW):
            some = [(hours, label) for hours, label in inside if wanted is None or label in wanted]
            places = spread([self.across(hours) for hours, _ in some], [width(label) for _, label in some], ends)
            if some and places is not None:
                return [(x, label) for x, (_, label) in zip(places, some, strict=True)]
        return fitting_names([label for _, label in inside], [self.across(hours) for hours, _ in inside], width, ends)


def bounds(durations: Iterable[float], *, beyond: bool) -> tuple[float, float]:
    """Return the shortest and longest hours of an axis for these durations: it begins at a mark.

    beyond: it also ends at a mark; else at the longest duration, past which nothing is known.
    """
    positive = [hours for hours in durations if hours > 0]
    shortest, longest = min(positive, default=1.0), max(positive, default=1.0)
    low = max((hours for hours, _ in EVERY if hours <= shortest), default=EVERY[0][0])
    high = min((hours for hours, _ in EVERY if hours >= longest), default=longest) if beyond else longest
    while high / low < LEAST_RATIO:
        shorter = max((hours for hours, _ in EVERY if hours < low), default=None)
        if shorter is None:
            return low, low * LEAST_RATIO if beyond else max(high, low * 2)
        low = shorter
    return low, high
