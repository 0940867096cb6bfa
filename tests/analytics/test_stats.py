"""Statistics, judged by scipy, by numpy's own resampling and by what must hold for any numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy import stats as scipy_stats

from analytics import stats

COUNTS = st.integers(0, 5000)
HOURS = st.lists(st.floats(0, 1e5), min_size=1, max_size=60)


def test_quantiles_interpolate_linearly_between_ranks() -> None:
    assert stats.quantile([0, 10], 0.9) == 9
    assert stats.median([1, 2, 10]) == 2
    assert stats.median([1, 2, 3, 10]) == 2.5
    assert stats.median([]) is None
    assert stats.quantile([], 0.9) is None
    assert stats.mean([]) is None
    assert stats.mean([1, 2]) == 1.5


def test_gini_of_known_shares() -> None:
    """Expected: equal shares 0; one of n carrying all (n - 1) / n; (1, 2, 3) 2/9."""
    assert stats.gini([5, 5, 5]) == 0
    assert stats.gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert stats.gini([1, 2, 3]) == pytest.approx(2 / 9)
    assert stats.gini([]) is None
    assert stats.gini([0, 0]) is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50).filter(any))
def test_gini_is_the_mean_absolute_difference_relative_to_twice_the_mean(counts: list[int]) -> None:
    pairs = [abs(a - b) for a in counts for b in counts]
    expected = sum(pairs) / len(pairs) / (2 * sum(counts) / len(counts))
    assert stats.gini(counts) == pytest.approx(expected, abs=1e-9)


def test_the_fewest_with_half() -> None:
    assert stats.fewest_with_half([1, 5, 4], 10) == 1
    assert stats.fewest_with_half([4, 3, 3], 10) == 2
    assert stats.fewest_with_half([1], 10) is None
    assert stats.fewest_with_half([], 0) is None


@given(st.floats(0.5, 3000), st.floats(0.5, 3000), st.floats(0, 1))
def test_the_incomplete_beta_function_is_scipys(a: float, b: float, x: float) -> None:
    assert stats.incomplete_beta(a, b, x) == pytest.approx(float(special.betainc(a, b, x)), abs=1e-10)


@given(COUNTS, COUNTS)
def test_the_interval_of_a_ratio_is_clopper_and_pearsons(now: int, before: int) -> None:
    interval = stats.count_ratio(now, before)
    low = float(scipy_stats.beta.ppf(0.025, now, before + 1)) if now else 0.0
    high = float(scipy_stats.beta.ppf(0.975, now + 1, before)) if before else 1.0
    assert interval.low == pytest.approx(low / (1 - low), rel=1e-6)
    assert interval.high == (pytest.approx(high / (1 - high), rel=1e-6) if high < 1 else math.inf)


@given(COUNTS, COUNTS)
def test_verdicts_on_counts_mirror_each_other(now: int, before: int) -> None:
    mirrored = {"more": "fewer", "fewer": "more", "no clear change": "no clear change"}
    assert stats.count_verdict(before, now) == mirrored[stats.count_verdict(now, before)]


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (0, 0, "no clear change"),
        (5, 0, "no clear change"),
        (6, 0, "more"),
        (25, 5, "more"),
        (34, 26, "no clear change"),
        (13, 19, "no clear change"),
        (3, 27, "fewer"),
        (400_000, 390_000, "more"),
    ],
)
def test_verdicts_on_counts(now: int, before: int, verdict: str) -> None:
    """Expected: 5 against 0 has a two-sided p of 2 / 2**5 = 0.0625, 6 against 0 one of 0.031."""
    assert stats.count_verdict(now, before) == verdict


@pytest.mark.parametrize("size", [1, 2, 7, 8, 40])
def test_resampled_medians_are_distributed_as_those_of_drawn_resamples(size: int) -> None:
    random = np.random.default_rng(1)
    values = random.lognormal(3, 2, size)
    drawn = np.median(random.choice(values, (40_000, size)), axis=1)
    direct = stats.resampled_medians(values, 40_000, random)
    shares = (0.025, 0.25, 0.5, 0.75, 0.975)
    bounds = (
        np.quantile(drawn, [share - 0.012 for share in shares]),
        np.quantile(drawn, [share + 0.012 for share in shares]),
    )
    found = np.quantile(direct, shares)
    assert (bounds[0] <= found).all()
    assert (found <= bounds[1]).all()


@given(HOURS, HOURS)
@settings(max_examples=50)
def test_the_interval_of_a_difference_lies_within_what_was_seen(now: list[float], before: list[float]) -> None:
    interval = stats.median_difference(now, before, seed=3)
    assert min(now) - max(before) - 1e-6 <= interval.low <= interval.high <= max(now) - min(before) + 1e-6


def test_the_same_seed_gives_the_same_interval() -> None:
    now, before = np.random.default_rng(0).lognormal(3, 2, (2, 99)).tolist()
    assert stats.median_difference(now, before, 7) == stats.median_difference(now, before, 7)
    assert stats.median_difference(now, before, 7) != stats.median_difference(now, before, 8)


def test_a_difference_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="both sides"):
        stats.median_difference([], [1], 0)


@given(HOURS, HOURS)
@settings(max_examples=50)
def test_nothing_is_called_longer_or_shorter_with_fewer_than_five(now: list[float], before: list[float]) -> None:
    verdict = stats.duration_verdict(now, before, seed=0)
    assert (verdict == stats.TOO_FEW) == (min(len(now), len(before)) < 5)


def test_verdicts_on_durations() -> None:
    assert stats.duration_verdict([10, 11, 12, 13, 14], [1, 2, 3, 4, 5], 0) == "longer"
    assert stats.duration_verdict([1, 2, 3, 4, 5], [10, 11, 12, 13, 14], 0) == "shorter"
    assert stats.duration_verdict([1, 2, 3, 4, 50], [1, 2, 3, 40, 5], 0) == "no clear change"
    assert stats.duration_verdict([5] * 9, [5] * 9, 0) == "no clear change"
