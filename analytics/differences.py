"""Differences of shares, such as those reviewed within a day, and the words that their intervals allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from analytics.lazy import lazy
from analytics.stats import CONFIDENCE, RESAMPLES, Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_] | Sequence[float]
else:
    np = lazy("numpy")

FEWEST = 5

ShareVerdict = Literal["higher", "lower", "no clear change", "too few to compare"]


def share_difference(now: Flags, before: Flags, seed: int) -> Interval:
    """Return the 95 % bootstrap interval of share(now) - share(before); both sides must hold something.

    Flags are True or False, or 1 or 0, one per thing. Percentile method over 4,000 resamples of each side; the same
    seed gives the same interval. Plain resampling fails for few things: where all five of five agree, so does every
    resample, and the interval is a point. `resampled_shares` says what is drawn instead, decision 0009 how often the
    interval then holds the truth.
    """
    if not len(now) or not len(before):
        raise ValueError("a difference of shares needs values on both sides")
    random = np.random.default_rng(seed)
    differences = resampled_shares(now, random) - resampled_shares(before, random)
    low, high = np.quantile(differences, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Interval(float(low), float(high))


def resampled_shares(flags: Flags, random: np.random.Generator) -> NDArray[np.float64]:
    """Return shares of smoothed bootstrap resamples of n flags, k of them true; there is at least one flag.

    A resample's share is centred at p = (k + 1/2) / (n + 1), the half of each kind that Jeffreys' prior adds (Brown,
    Cai and DasGupta (2001), "Interval Estimation for a Binomial Proportion", Statistical Science 16; for differences,
    Brown and Li (2005), Journal of Statistical Planning and Inference 130). It is drawn from the beta distribution that
    has the mean p and the variance p (1 - p) / n of a binomial resample, which has no gaps between its values
    (smoothing: Silverman and Young (1987), "The Bootstrap: To Smooth or Not to Smooth?", Biometrika 74).
    """
    size, true = len(flags), int(np.count_nonzero(np.asarray(flags)))
    centre = (true + 0.5) / (size + 1)
    weight = max(size - 1, 1)  # a beta distribution's variance is p (1 - p) / (weight + 1)
    shares: NDArray[np.float64] = random.beta(centre * weight, (1 - centre) * weight, RESAMPLES)
    return shares


def share_verdict(now: Flags, before: Flags, seed: int) -> ShareVerdict:
    """Say whether a share became higher or lower; with fewer than five on a side nothing is called either."""
    if min(len(now), len(before)) < FEWEST:
        return "too few to compare"
    interval = share_difference(now, before, seed)
    if interval.excludes(0):
        return "higher" if interval.low > 0 else "lower"
    return "no clear change"
