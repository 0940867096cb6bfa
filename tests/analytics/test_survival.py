"""Survival curves: judged by values that lifelines gave, by tables worked by hand, and by what must always hold."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.survival import Curve, aalen_johansen, at_risk, kaplan_meier, median, median_interval

CLOSE = 1e-9
JUDGED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data/survival.json").read_text())["cases"]
LIVES = st.lists(st.tuples(st.integers(0, 12).map(float) | st.floats(0, 1e5), st.integers(0, 2)), max_size=40)
SOME_LIVES = LIVES.filter(bool)


def split(lives: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
    return [hours for hours, _ in lives], [kind for _, kind in lives]


def assert_same(ours: Curve, theirs: dict[str, list[float]], no_band_at: float) -> int:
    """Compare at every time of the reference; return how many values were compared."""
    compared = 0
    for hours, share, low, high in zip(*(theirs[name] for name in ("hours", "share", "low", "high")), strict=True):
        assert ours.at(hours) == pytest.approx(share, abs=CLOSE)
        compared += 1
        if abs(share - no_band_at) > CLOSE and low is not None:
            assert list(ours.interval(hours)) == pytest.approx([low, high], abs=CLOSE)
            compared += 2
    return compared


@pytest.mark.parametrize("case", JUDGED, ids=[case["name"] for case in JUDGED])
def test_kaplan_meier_is_lifelines(case: dict[str, Any]) -> None:
    """At a share of 0 lifelines puts the band's ends at 0, where the formula has none."""
    assert assert_same(kaplan_meier(case["hours"], np.asarray(case["ended"]) != 0), case["said"]["still"], 0.0)


UNTIED = [case for case in JUDGED if "happened" in case["said"]]


@pytest.mark.parametrize("case", UNTIED, ids=[case["name"] for case in UNTIED])
def test_aalen_johansen_is_lifelines_on_data_without_ties(case: dict[str, Any]) -> None:
    assert assert_same(aalen_johansen(case["hours"], case["ended"]), case["said"]["happened"], 1.0)


def test_medians_and_their_intervals_are_lifelines() -> None:
    """Where something is left at the end: lifelines' band ends at 0 otherwise, and its median's interval with it."""
    compared = 0
    for case in JUDGED:
        still, said = kaplan_meier(case["hours"], np.asarray(case["ended"]) != 0), case["said"]["still"]
        rounded = any(0.5 < share < 0.5 + CLOSE for share in said["share"])  # lifelines takes this for more than half
        if still.share[-1] > 0 and not rounded:
            assert [median(still), *median_interval(still)] == [said["median"], *said["median_ci"]]
            compared += 1
    assert compared >= 10


def test_aalen_johansen_with_ties_by_hand() -> None:
    """Ten things; at 2 h one event and two others at once, at 5 h two of each and one last looked at.

    | hours | at risk | events | others | S before | adds            | F     | S after        |
    |    2  |   10    |   1    |   2    | 1        | 1/10            | 0.1   | 7/10           |
    |    4  |    7    | one was last looked at                         |       | 7/10           |
    |    5  |    6    |   2    |   2    | 7/10     | 7/10 * 2/6      | 1/3   | 7/10 * 2/6     |
    |    9  |    1    |   1    |   0    | 7/30     | 7/30 * 1/1      | 17/30 | 0              |

    The variance at 5 h, the terms at 2 h with F - F_i = 7/30:
    (7/30)^2 * 3/(10*7) + [1 * 1*9/1000 + 0.49 * 2*4/216] - 2 * (7/30) * 1/100
    """
    hours = [2, 2, 2, 4, 5, 5, 5, 5, 5, 9]
    ended = [1, 2, 2, 0, 1, 1, 2, 2, 0, 1]
    curve = aalen_johansen(hours, ended)
    assert list(curve.hours) == [0, 2, 5, 9]
    assert curve.share == pytest.approx((0, 1 / 10, 1 / 3, 17 / 30), abs=1e-15)
    spread = ((7 / 30) ** 2 * 3 / 70 + (9 / 1000 + 0.49 * 8 / 216) - 2 * (7 / 30) / 100) ** 0.5
    reach = 1.959963984540054 * spread / ((1 / 3) * abs(np.log(1 / 3)))
    wanted = [np.exp(-np.exp(np.log(-np.log(1 / 3)) + side * reach)) for side in (1, -1)]
    assert list(curve.interval(5)) == pytest.approx(wanted, abs=1e-12)
    other = aalen_johansen(hours, [0 if kind == 0 else 3 - kind for kind in ended])
    assert other.share == pytest.approx((0, 2 / 10, 2 / 10 + 7 / 30, 2 / 10 + 7 / 30), abs=1e-15)


def test_kaplan_meier_by_hand() -> None:
    """What was last looked at when others ended was there then: 4 at risk at 1 h, 2 at 2 h."""
    curve = kaplan_meier([1, 1, 2, 3], [True, False, True, False])
    assert list(curve.hours) == [0, 1, 2, 3]
    assert list(curve.share) == [1, 0.75, 0.375, 0.375]
    assert (curve.at(0.5), curve.at(1), curve.at(3), curve.at(3.01)) == (1, 0.75, 0.375, None)


def test_the_median_is_the_first_time_at_one_half_or_below() -> None:
    """Expected: of four the second; of 24 the twelfth, though the product of its fractions rounds to above one half."""
    assert median(kaplan_meier([1, 2, 3, 4], [True] * 4)) == 2
    twelve_of_24 = kaplan_meier([*range(1, 13), *[13] * 12], [True] * 12 + [False] * 12)
    assert twelve_of_24.share[-1] > 0.5
    assert median(twelve_of_24) == 12
    assert median(kaplan_meier([1, 2, 3], [True, False, False])) is None


def test_what_is_never_reached_is_none() -> None:
    still = kaplan_meier([5, 6, 7], [False] * 3)
    assert (median(still), median_interval(still)) == (None, (None, None))
    assert still == Curve((0, 7), (1, 1), (1, 1), (1, 1))
    assert kaplan_meier([], []) == aalen_johansen([], []) == Curve((), (), (), ())
    assert median(kaplan_meier([], [])) is None


def test_an_end_at_the_beginning_takes_no_time() -> None:
    assert kaplan_meier([0, 8], [True, False]).share == (0.5, 0.5)
    assert aalen_johansen([0, 0], [1, 2]).share == (0.5,)


def test_who_is_at_risk() -> None:
    assert at_risk([1, 2, 2, 5], (0, 1, 2, 2.5, 5, 6)) == [4, 4, 3, 1, 1, 0]
    assert at_risk([], (0.0,)) == [0]


@given(LIVES)
def test_curves_stay_within_bounds_and_go_one_way(lives: list[tuple[float, int]]) -> None:
    hours, kinds = split(lives)
    falling, rising = kaplan_meier(hours, np.asarray(kinds) != 0), aalen_johansen(hours, kinds)
    for curve, sign in ((falling, -1), (rising, 1)):
        assert all(0 <= share <= 1 for share in curve.share)
        assert all(sign * (later - sooner) >= 0 for sooner, later in pairwise(curve.share))
        assert all(later > sooner for sooner, later in pairwise(curve.hours))
        for share, low, high in zip(curve.share, curve.low, curve.high, strict=True):
            assert low is None or 0 <= low <= share + CLOSE
            assert high is None or share - CLOSE <= high <= 1
        if lives:
            assert (curve.hours[0], curve.hours[-1]) == (0, max(hours))


@given(SOME_LIVES)
def test_both_incidences_and_what_is_left_make_one(lives: list[tuple[float, int]]) -> None:
    hours, kinds = split(lives)
    ours, theirs = aalen_johansen(hours, kinds), aalen_johansen(hours, [(0, 2, 1)[kind] for kind in kinds])
    still = kaplan_meier(hours, np.asarray(kinds) != 0)
    for time in (0.0, *hours):
        parts = [curve.at(time) for curve in (ours, theirs, still)]
        assert sum(part for part in parts if part is not None) == pytest.approx(1, abs=1e-12)


@given(SOME_LIVES)
def test_without_censoring_a_curve_is_the_share_that_lasted_longer(lives: list[tuple[float, int]]) -> None:
    hours = [lasted for lasted, _ in lives]
    still = kaplan_meier(hours, [True] * len(hours))
    for time in hours:
        assert still.at(time) == pytest.approx(sum(lasted > time for lasted in hours) / len(hours), abs=1e-12)


@given(LIVES, st.randoms(use_true_random=False))
def test_the_order_of_things_does_not_matter(lives: list[tuple[float, int]], random: Any) -> None:
    mixed = random.sample(lives, len(lives))
    for fit in (lambda hours, kinds: kaplan_meier(hours, np.asarray(kinds) != 0), aalen_johansen):
        assert fit(*split(lives)) == fit(*split(mixed))


@given(SOME_LIVES)
def test_a_drawn_curve_keeps_both_ends_and_exact_steps(lives: list[tuple[float, int]]) -> None:
    curve = aalen_johansen(*split(lives))
    drawn = curve.drawn(5)
    steps = set(zip(curve.hours, curve.share, curve.low, curve.high, strict=True))
    assert steps >= set(zip(drawn.hours, drawn.share, drawn.low, drawn.high, strict=True))
    assert (drawn.hours[0], drawn.hours[-1]) == (curve.hours[0], curve.hours[-1])
    assert drawn.share[-1] == curve.share[-1]
    assert len(drawn.hours) <= 5 + 2
