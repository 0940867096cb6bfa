"""Which days stand out from the same weekdays around them: a score that outliers themselves do not spoil."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.days import weekday
from analytics.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.days import Counts
else:
    np = lazy("numpy")

AROUND = 13  # weeks on either side: half a year of the same weekday, so that growth over years is not unusual
FEWEST = 6  # known days of a weekday without which nothing is usual
THRESHOLD = 3.5  # robust z-score (Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers)
LEAST = 10  # counts apart from the usual: one visitor reading ten pages makes no day unusual
MOST_NAMED = 3
# The median absolute deviation of a normal distribution is its standard deviation over this.
NORMAL = 1.4826
# The standard deviation of the square root of a Poisson count, whatever its mean.
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Unusual:
    """A day that stands out: its index, its count, the median of the same weekday around it, and its robust z-score.

    known: how many of these weekdays the median is of, the day itself among them.
    """

    index: int
    count: int
    usual: float
    score: float
    known: int = 0


def scores(counts: Counts, first: int) -> tuple[Counts, Counts, Counts]:
    """Return each day's robust z-score, what is usual for its weekday, and of how many days that is the median.

    The first two are NaN where nothing is usual.

    counts: consecutive days from day number `first` since 1970, NaN = unknown. The score is taken of square roots,
    whose spread is the same for high and low counts (Bartlett (1936), Supplement to the Journal of the Royal
    Statistical Society 3): the distance from the median of the same weekday in the 13 weeks before and after, in units
    of 1.4826 times their median absolute deviation, but at least of CHANCE, since a count varies that much by chance
    alone, also where most days have none and the deviation is zero.
    """
    size = len(counts)
    if not size:
        return counts, counts, counts
    lead = int(weekday(first))
    weeks = -(-(lead + size) // 7)
    calendar = np.full(weeks * 7, np.nan)
    calendar[lead : lead + size] = counts
    by_week = np.sqrt(calendar).reshape(weeks, 7)
    padded = np.pad(by_week, ((AROUND, AROUND), (0, 0)), constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=0)
    middle = known_median(around)
    deviation = known_median(np.abs(around - middle[..., None]))
    scale = np.maximum(NORMAL * deviation, CHANCE)
    known = (~np.isnan(around)).sum(axis=-1)
    enough = known >= FEWEST
    score = np.where(enough, (by_week - middle) / scale, np.nan)
    inside = slice(lead, lead + size)
    usual = np.where(enough, known_median(np.round(around**2)), np.nan)
    return score.reshape(-1)[inside], usual.reshape(-1)[inside], known.reshape(-1)[inside]


def known_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median along the last axis of what is not NaN; NaN where nothing is known."""
    ordered = np.sort(values, axis=-1)  # NaN sorts last
    known = (~np.isnan(ordered)).sum(axis=-1, keepdims=True)
    low, high = (np.take_along_axis(ordered, np.maximum(at, 0), axis=-1) for at in ((known - 1) // 2, known // 2))
    # Where all are known, known // 2 is a place; where none is, both places hold NaN.
    middle: NDArray[np.float64] = ((low + high) / 2)[..., 0]
    return middle


def unusual_days(counts: Counts, first: int, growing: NDArray[np.bool_]) -> list[Unusual]:
    """Return the days that stand out, the farthest first.

    `growing` days may yet rise, so they are never too low; nor is a day before which nothing is known: it was the
    oldest of an answer, of which GitHub may have told a part only.
    """
    score, usual, known = scores(counts, first)
    partly = growing | np.concatenate(([True], np.isnan(counts[:-1])))[: len(counts)]
    far = (np.abs(score) >= THRESHOLD) & (np.abs(counts - usual) >= LEAST) & ~((score < 0) & partly)
    places = np.flatnonzero(far)
    order = places[np.argsort(-np.abs(score[places]), kind="stable")]
    return [
        Unusual(at, int(counts[at]), float(usual[at]), round(float(score[at]), 2), int(known[at]))
        for at in order.tolist()
        if math.isfinite(score[at])
    ]
