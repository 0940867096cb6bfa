"""Everything that began in a window: how long it lasted, what ended it, and what has not ended yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.moments import instant
from analytics.survival import Curve, aalen_johansen, kaplan_meier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

TICKS_PER_HOUR = 3_600_000_000
OPEN, EVENT, OTHER = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Cohort:
    """Things that began before `until`, one entry each; those that had not ended by then are censored at `until`.

    hours: from the beginning to the end, or to `until` · ended: 0 not ended, 1 the event, 2 something else ended it ·
    follow_up: hours from the beginning to `until` · negative: how many were left out because they ended before they
    began.
    """

    hours: NDArray[np.float64]
    ended: NDArray[np.int8]
    follow_up: NDArray[np.float64]
    negative: int = 0

    @classmethod
    def of(cls, begin: Moments, event: Moments, other_end: Moments, until: datetime) -> Cohort:
        """Follow each thing from `begin` to the earlier of two ends; at one moment, the event counts.

        Arrays of one length, datetime64[us], NaT = never or unknown. Ends at or after `until` are unknown to the
        question. What begins at or after `until`, or at an unknown time, is no part of it.
        """
        return cls.until(begin, event, other_end, instant(until))

    @classmethod
    def until(cls, begin: Moments, event: Moments, other_end: Moments, end: np.datetime64) -> Cohort:
        """Do the same, with the end of what is known as numpy has it, UTC."""
        kept = begin < end
        begin, event, other_end = begin[kept], event[kept], other_end[kept]
        event_known, other_known = event < end, other_end < end
        # a comparison with NaT is False, so an end that is unknown never comes first
        ours = event_known & ~(other_known & (other_end < event))
        theirs = other_known & ~ours
        last = np.full(len(begin), end)
        last[ours], last[theirs] = event[ours], other_end[theirs]
        ended = np.zeros(len(begin), dtype="int8")
        ended[ours], ended[theirs] = EVENT, OTHER
        lasted = in_hours(last - begin)
        follow_up = in_hours(end - begin)
        valid = lasted >= 0
        return cls(lasted[valid], ended[valid], follow_up[valid], int((~valid).sum()))

    def __len__(self) -> int:
        return len(self.hours)

    def count(self, kind: int) -> int:
        """Return how many are open (0), ended by the event (1) or by something else (2)."""
        return int((self.ended == kind).sum())

    @property
    def longest(self) -> float | None:
        """Hours of the longest observation, past which nothing is known; None without any."""
        return float(self.hours.max()) if len(self.hours) else None

    def resolved(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return hours and whether they end with either end: the input of a curve in which nothing competes."""
        return self.hours, self.ended != OPEN

    def still_open(self) -> Curve:
        """Return the Kaplan-Meier curve of the time to either end."""
        return kaplan_meier(*self.resolved())

    def cause_specific(self) -> Curve:
        """Return the Kaplan-Meier curve of the event, another end censoring: it assumes those were like the rest."""
        return kaplan_meier(self.hours, self.ended == EVENT)

    def incidence(self) -> Curve:
        """Return the share that the event happened to, by hours (Aalen-Johansen; another end competes)."""
        return aalen_johansen(self.hours, self.ended)

    def competing(self) -> Curve:
        """Return the share that the other end came to first, by hours; the event competes."""
        return aalen_johansen(self.hours, np.select([self.ended == EVENT, self.ended == OTHER], [OTHER, EVENT], OPEN))

    def within(self, horizon: float) -> float | None:
        """Return the share that the event happened to within `horizon` hours; None where that cannot be known."""
        return after(self.incidence(), horizon) if self.followed(horizon) else None

    def followed(self, horizon: float) -> bool:
        """Return whether shares within `horizon` hours are known: something was observed for that long.

        Or everything had ended sooner, and something was begun early enough: then nothing more can come. What was begun
        early and ended at once says nothing of hours past the longest observation while others are still open.
        """
        longest = self.longest
        if longest is None or horizon <= longest:
            return longest is not None
        at_last = self.ended[self.hours == longest]
        return bool((at_last != OPEN).all() and (self.follow_up >= horizon).any())

    def equal(self, horizon: float) -> NDArray[np.bool_]:
        """Return, for each thing begun at least `horizon` hours before `until`, if the event came within `horizon`."""
        enough = self.follow_up >= horizon
        happened: NDArray[np.bool_] = (self.ended[enough] == EVENT) & (self.hours[enough] <= horizon)
        return happened


def after(incidence: Curve, horizon: float) -> float | None:
    """Return an incidence after `horizon` hours; where everything ended sooner, as it was in the end."""
    return incidence.at(min(horizon, incidence.hours[-1])) if incidence.hours else None


def in_hours(spans: NDArray[np.timedelta64]) -> NDArray[np.float64]:
    """Return lengths of time in hours, exact to the microsecond."""
    lengths: NDArray[np.float64] = spans.astype("timedelta64[us]").astype("int64") / TICKS_PER_HOUR
    return lengths
