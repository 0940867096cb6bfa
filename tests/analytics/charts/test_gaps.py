"""Unknown is never zero: gaps are shaded, named where there is room, and said where there is nothing else."""

from __future__ import annotations

import pytest

from analytics.charts.canvas import drawn
from analytics.charts.spans import DASH
from analytics.charts.theme import THEMES, channels
from tests.analytics.charts.reading import colours, words
from tests.analytics.charts.traffic_samples import TRAFFIC, counts, daily


def test_unknown_days_are_shaded_and_zeros_are_not() -> None:
    gap = channels(THEMES["light"].gap)
    assert gap in colours(daily((5, None, 5, 5)))
    assert gap not in colours(daily((5, 0, 5, 5)))


@pytest.mark.parametrize("length", [40, 400])
def test_the_shortest_gap_is_named(length: int) -> None:
    name = "22 Mar 2026" if length > 366 else "22 Mar"  # the month alone would not say which
    assert f"no data {name}" in words(daily(counts(length, 40, (20,))))


def test_gaps_next_to_each_other_share_a_label() -> None:
    assert f"no data 7, 9{DASH}10 Mar" in words(daily(counts(300, 40, (5, 7, 8))))
    assert any(text.startswith("no data on ") for text in words(TRAFFIC["gaps everywhere"]))


def test_a_wide_gap_is_named_where_it_is() -> None:
    upright = [text for text in drawn(daily(counts(90, 40, range(30, 39))), "light").written if text.angle]
    assert [text.text for text in upright] == [f"no data 1{DASH}9 Apr"]
    assert f"no data 1 Apr{DASH}20 May" in words(daily(counts(90, 40, range(30, 80))))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no days", "Nothing in this window"),
        ("days of zeros", "No views in 30 known days"),
        ("days of zeros with a gap", "No views in 2 known days, no data for 1 day (3 Mar 2026)"),
        ("one unknown day", "No data for 1 day (2 Mar 2026)"),
        ("unknown weeks", f"No data for 2 weeks (2{DASH}15 Mar 2026)"),
    ],
)
def test_nothing_unknown_and_zero_are_three_different_sentences(name: str, said: str) -> None:
    assert said in words(TRAFFIC[name])
    assert said in TRAFFIC[name].alt
    assert TRAFFIC[name].text() == f"{said}."
