"""Points that one process may spend on requests for one caller, so that GitHub's limits by the minute are not met.

GitHub counts a request that reads as a point and one that writes as five, bears 900 a minute of its REST interface and
2,000 of GraphQL, and refuses what comes beyond. As many as may be spent at once and in a minute stay below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Rate(NamedTuple):
    """Points a second, and how many may be spent at once after a rest."""

    second: float
    burst: float


MINUTELY = {"core": Rate(10, 200), "graphql": Rate(24, 400)}


@dataclass(slots=True)
class Points:
    """One kind of points: `left` of them at the moment `at`, in seconds of one clock."""

    rate: Rate
    left: float
    at: float

    @classmethod
    def of(cls, kind: str, at: float) -> Points:
        """Return a full purse; a kind that is not known is counted as REST."""
        rate = MINUTELY.get(kind, MINUTELY["core"])
        return cls(rate, rate.burst, at)

    def spend(self, points: float, at: float) -> float:
        """Spend points and return 0, or spend none and return in how many seconds there are enough.

        More than there can be are spent once the purse is full, and owed.
        """
        # a clock that was set back has told of no time that passed
        passed = max(0.0, at - self.at)
        self.left = min(self.rate.burst, self.left + passed * self.rate.second)
        self.at = at
        lacking = min(points, self.rate.burst) - self.left
        if lacking > 0:
            return lacking / self.rate.second
        self.left -= points
        return 0.0
