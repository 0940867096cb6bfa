"""Differences of shares, and how often the intervals behind every verdict hold the truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.differences import share_difference, share_verdict
from analytics.stats import Interval, median_difference

FLAGS = st.lists(st.booleans(), min_size=1, max_size=40)
REPEATS = 400
# what chance alone leaves of a share of 95 % in 400 repeats: three standard errors
NOISE = 3 * (0.95 * 0.05 / REPEATS) ** 0.5


def flags(true: int, size: int) -> list[bool]:
    return [True] * true + [False] * (size - true)


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (flags(4, 4), flags(0, 40), "too few to compare"),
        (flags(5, 5), flags(0, 5), "higher"),
        (flags(0, 5), flags(5, 5), "lower"),
        (flags(5, 5), flags(3, 5), "no clear change"),
        (flags(13, 34), flags(15, 26), "no clear change"),
        (flags(62, 100), flags(38, 100), "higher"),
        (flags(5, 5), flags(5, 5), "no clear change"),
    ],
)
def test_verdicts_on_shares(now: list[bool], before: list[bool], verdict: str) -> None:
    assert share_verdict(now, before, seed=3) == verdict


@given(FLAGS, FLAGS)
@settings(max_examples=40)
def test_nothing_is_called_higher_or_lower_with_fewer_than_five(now: list[bool], before: list[bool]) -> None:
    assert (share_verdict(now, before, seed=0) == "too few to compare") == (min(len(now), len(before)) < 5)


@given(FLAGS, FLAGS)
@settings(max_examples=40)
def test_an_interval_lies_between_minus_one_and_one_around_the_difference(now: list[bool], before: list[bool]) -> None:
    interval = share_difference(now, before, seed=0)
    assert -1 <= interval.low < interval.high <= 1
    if min(len(now), len(before)) >= 5:
        # the centres are drawn in by half a thing of each kind, more than a plain share
        assert interval.low - 0.1 <= np.mean(now) - np.mean(before) <= interval.high + 0.1


def test_agreement_among_few_is_no_certainty() -> None:
    """Plain resampling of five out of five knows one value only: its interval would be a point."""
    interval = share_difference(flags(5, 5), flags(5, 5), seed=1)
    assert interval.low < -0.2
    assert interval.high > 0.2


def test_the_same_seed_gives_the_same_interval() -> None:
    now, before = flags(7, 20), flags(9, 31)
    assert share_difference(now, before, 7) == share_difference(now, before, 7)
    assert share_difference(now, before, 7) != share_difference(now, before, 8)


def test_a_difference_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="both sides"):
        share_difference([], [True], 0)


def holds(truth: float, interval: Callable[[int], Interval]) -> float:
    """Return the share of intervals, one per seed, that hold the truth."""
    return sum(not interval(seed).excludes(truth) for seed in range(REPEATS)) / REPEATS


@pytest.mark.parametrize("sizes", [(5, 5), (8, 12), (15, 15), (30, 30), (60, 30)])
@pytest.mark.parametrize("shares", [(0.1, 0.1), (0.5, 0.5), (0.2, 0.6)])
def test_intervals_of_shares_hold_the_truth_as_often_as_they_say(
    sizes: tuple[int, int], shares: tuple[float, float]
) -> None:
    """Expected: at least 93 % of few, 93 to 97 % of many; `scripts/interval_coverage.py` counts longer."""
    random = np.random.default_rng(5)

    def interval(seed: int) -> Interval:
        now, before = (random.random(size) < share for size, share in zip(sizes, shares, strict=True))
        return share_difference(now, before, seed)

    found = holds(shares[0] - shares[1], interval)
    assert found >= 0.93 - NOISE
    assert min(sizes) < 30 or found <= 0.97 + NOISE


@pytest.mark.parametrize("sizes", [(5, 5), (6, 15), (15, 15), (30, 30), (101, 40)])
def test_intervals_of_medians_hold_the_truth_as_often_as_they_say(sizes: tuple[int, int]) -> None:
    """Expected: at least 93 % of few, 93 to 97 % of many."""
    random = np.random.default_rng(6)

    def interval(seed: int) -> Interval:
        now, before = (random.lognormal(3, 1.5, size) for size in sizes)
        return median_difference((now + 10).tolist(), before.tolist(), seed)

    found = holds(10, interval)
    assert found >= 0.93 - NOISE
    assert min(sizes) < 30 or found <= 0.97 + NOISE
