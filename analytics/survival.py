"""How long things last when some have not ended yet: Kaplan-Meier, Aalen-Johansen, medians, and their intervals.

Hours are non-negative floats, one per thing: until it ended, or until nobody looked any further. All intervals are
95 % and pointwise, on the log-log scale, so that they stay within 0 and 1.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
else:
    np = lazy("numpy")
scipy_stats = lazy("scipy.stats")

Z = NormalDist().inv_cdf(0.975)
HALF = 0.5 + 1e-12  # a product of fractions that is one half may come out a little above it
MOST_STEPS = 400  # a picture has about three pixels for each


@dataclass(frozen=True, slots=True)
class Curve:
    """A step function of hours: from `hours[i]` on the share is `share[i]`, until `hours[i + 1]`.

    hours: rising; the first is 0, the last the longest follow-up, past which nothing is known; empty where nothing was
    seen · low, high: the ends of the 95 % interval, None where the formula has none (at a share that no observation
    can contradict: nothing left of a survival curve, everything of an incidence).
    """

    hours: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    def at(self, hours: float) -> float | None:
        """Return the share after that many hours, None past the longest follow-up."""
        step = self.step(hours)
        return None if step is None else self.share[step]

    def interval(self, hours: float) -> tuple[float | None, float | None]:
        """Return the 95 % interval of the share after that many hours; an end that is unknown is None."""
        step = self.step(hours)
        return (None, None) if step is None else (self.low[step], self.high[step])

    def step(self, hours: float) -> int | None:
        """Return the index of the step that holds after that many hours, None outside of what is known."""
        if not self.hours or not 0 <= hours <= self.hours[-1]:
            return None
        return bisect_right(self.hours, hours) - 1

    def drawn(self, most: int = MOST_STEPS) -> Curve:
        """Return the curve in about `most` steps, for a picture: each step kept is exact, small ones are left out."""
        if len(self.hours) <= most:
            return self
        kept = [0]
        for index in range(1, len(self.hours)):
            if abs(self.share[index] - self.share[kept[-1]]) * most >= 1:
                kept.append(index)
        if kept[-1] != len(self.hours) - 1:
            kept.append(len(self.hours) - 1)
        columns = (self.hours, self.share, self.low, self.high)
        hours, share, low, high = (tuple(column[index] for index in kept) for column in columns)
        return Curve(hours, share, low, high)  # type: ignore[arg-type]  # one generator for columns of two types


NOTHING = Curve((), (), (), ())


def kaplan_meier(hours: ArrayLike, observed: ArrayLike) -> Curve:
    """Return the share not yet ended; `observed` is False where a thing had not ended when it was last looked at.

    Kaplan and Meier (1958), "Nonparametric Estimation from Incomplete Observations", JASA 53, by scipy's `ecdf`. The
    interval is exp(-exp(log(-log S) +- z s / log S)) with Greenwood's s^2 = sum(d_i / (n_i (n_i - d_i))) (Kalbfleisch
    and Prentice (1980), The Statistical Analysis of Failure Time Data, section 1.3). Before the first end it is 1 to 1;
    once nothing is left it does not exist. What was last looked at when another ended counts as still there then.
    """
    lasted, ended = np.asarray(hours, dtype="float64"), np.asarray(observed, dtype=bool)
    if not len(lasted):
        return NOTHING
    sample = scipy_stats.CensoredData.right_censored(lasted, ~ended)
    falling = scipy_stats.ecdf(sample).sf
    times, share = falling.quantiles, np.clip(falling.probabilities, 0.0, 1.0)
    with warnings.catch_warnings():
        # scipy warns of a share of 0 or 1, where the formula divides by zero; what holds there is settled below
        warnings.simplefilter("ignore", RuntimeWarning)
        band = falling.confidence_interval(0.95, method="log-log")
    low, high = band.low.probabilities.copy(), band.high.probabilities.copy()
    low[share >= 1], high[share >= 1] = 1.0, 1.0
    low[share <= 0], high[share <= 0] = np.nan, np.nan
    return steps(times, share, low, high, start=1.0)


def aalen_johansen(hours: ArrayLike, ended: ArrayLike) -> Curve:
    """Return the cumulative incidence of event 1: the share that it happened to, event 2 having come first to others.

    ended: 1 the event, 2 what competes with it, 0 not ended when last looked at. F(t) = sum over t_i <= t of
    S(t_i-) d_1i / n_i, with S the Kaplan-Meier curve of either event (Aalen and Johansen (1978), Scandinavian Journal
    of Statistics 5). Events of both kinds at one moment happen to the same n_i. The variance is the delta method's,
    sum((F - F_i)^2 d_i / (n_i (n_i - d_i))) + sum(S_i-^2 d_1i (n_i - d_1i) / n_i^3)
    - 2 sum((F - F_i) S_i- d_1i / n_i^2)
    (Gaynor et al. (1993), JASA 88; Collett (2015), Modelling Survival Data in Medical Research, section 12.4), and the
    interval exp(-exp(log(-log F) +- z s / (F log F))). Before the first event it is 0 to 0.
    """
    lasted, kinds = np.asarray(hours, dtype="float64"), np.asarray(ended)
    if not len(lasted):
        return NOTHING
    times, group = np.unique(lasted, return_inverse=True)
    leaving = np.bincount(group, minlength=len(times))
    ours, either = (
        np.bincount(group, weights=each, minlength=len(times)).astype("float64") for each in (kinds == 1, kinds != 0)
    )
    at_risk = (len(lasted) - np.concatenate(([0], np.cumsum(leaving)[:-1]))).astype("float64")
    before = np.concatenate(([1.0], np.cumprod(1 - either / at_risk)[:-1]))
    incidence = np.minimum(np.cumsum(before * ours / at_risk), 1.0)
    spread = np.sqrt(variance(incidence, before, ours, either, at_risk))
    low, high = np.full(len(times), np.nan), np.full(len(times), np.nan)
    inner = (incidence > 0) & (incidence < 1 - 1e-12)
    middle = np.log(-np.log(incidence[inner]))
    reach = Z * spread[inner] / (incidence[inner] * np.log(incidence[inner]))
    low[inner], high[inner] = np.exp(-np.exp(middle - reach)), np.exp(-np.exp(middle + reach))
    low[incidence <= 0], high[incidence <= 0] = 0.0, 0.0
    return steps(times, incidence, low, high, start=0.0)


def variance(
    incidence: NDArray[np.float64],
    before: NDArray[np.float64],
    ours: NDArray[np.float64],
    either: NDArray[np.float64],
    at_risk: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the variance of a cumulative incidence at each time, the squares multiplied out into running sums.

    before: the share that nothing had happened to just before each time · ours, either: events of our kind, of both ·
    at_risk: how many were there. Where all that were left ended at once, no later step can differ from that one.
    """
    left = at_risk - either
    greenwood = np.divide(either, at_risk * left, out=np.zeros_like(at_risk), where=left > 0)
    jump = before * ours / at_risk**2
    first = (
        incidence**2 * np.cumsum(greenwood)
        - 2 * incidence * np.cumsum(greenwood * incidence)
        + np.cumsum(greenwood * incidence**2)
    )
    second = np.cumsum(before**2 * ours * (at_risk - ours) / at_risk**3)
    third = incidence * np.cumsum(jump) - np.cumsum(jump * incidence)
    found: NDArray[np.float64] = np.maximum(first + second - 2 * third, 0.0)
    return found


def steps(times: Any, share: Any, low: Any, high: Any, start: float) -> Curve:
    """Return a curve that begins at 0 hours with `start`, keeps the times where it changes, and ends with the last."""
    changes = np.diff(share, prepend=start) != 0
    changes[-1] = True
    hours, shares, lows, highs = (each[changes] for each in (times, share, low, high))
    if hours[0] > 0:
        hours, shares = np.concatenate(([0.0], hours)), np.concatenate(([start], shares))
        lows, highs = np.concatenate(([start], lows)), np.concatenate(([start], highs))
    return Curve(tuple(hours.tolist()), tuple(shares.tolist()), known(lows), known(highs))


def known(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    """Return plain numbers, None for NaN."""
    return tuple(None if math.isnan(value) else value for value in values.tolist())


def median(curve: Curve) -> float | None:
    """Return the smallest number of hours after which a falling curve is at one half or below; None if it never is."""
    return first_at_half(curve, curve.share)


def median_interval(curve: Curve) -> tuple[float | None, float | None]:
    """Return the 95 % interval of the median: from where the band's lower end reaches one half to where its upper does.

    It inverts the band (Brookmeyer and Crowley (1982), "A Confidence Interval for the Median Survival Time", Biometrics
    38); an end that is not reached within what is known is None.
    """
    return first_at_half(curve, curve.low), first_at_half(curve, curve.high)


def first_at_half(curve: Curve, shares: tuple[float | None, ...] | tuple[float, ...]) -> float | None:
    """Return the first hours at which `shares` is at one half or below."""
    reached = (hours for hours, share in zip(curve.hours, shares, strict=True) if share is not None and share <= HALF)
    return next(reached, None)


def at_risk(hours: ArrayLike, marks: list[float] | tuple[float, ...]) -> list[int]:
    """Return, for each mark in hours, how many had neither ended nor been lost from sight before it."""
    ordered = np.sort(np.asarray(hours, dtype="float64"))
    counts: list[int] = (len(ordered) - np.searchsorted(ordered, marks, side="left")).tolist()
    return counts
