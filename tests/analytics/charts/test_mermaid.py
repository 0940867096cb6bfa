"""Charts as Mermaid: what people are called cannot break out of a label, and unknown never becomes zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.charts import mermaid
from analytics.charts.bars import Bars
from analytics.charts.histogram import Histogram
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.series import Series
from tests.analytics.charts.anything import swift
from tests.analytics.charts.samples import CHARTS, MONDAY, WEEKS
from tests.analytics.charts.xychart import charts, parsed

HOSTILE = (
    '"] bar [9]', "```", "~~~", "%%{init: {'theme': 'forest'}}%%", "%% gone", "#35;#quot;", "<img src=x onerror=f()>",
    "`bold`", "title x", "\n```\n# heading", "--> x", "---", "\u202eabc", "\u200b", " ", "", "a;b", "$$x$$", "{{x}}",
    "\\\\", "@everyone", "x" * 200, "W" * 39, "日本語の名前はとても長いので切られます", "👩‍👩‍👧‍👦" * 20,
)  # fmt: skip
TABLES = ("heatmap", "survival", "ranks", "dots", "slope", "many lines")


@pytest.mark.parametrize("name", TABLES)
def test_what_a_chart_of_text_cannot_show_is_a_table(name: str) -> None:
    assert CHARTS[name].text().startswith("|")
    assert "```" not in CHARTS[name].text()


@pytest.mark.parametrize("name", CHARTS)
def test_every_block_keeps_to_the_grammar(name: str) -> None:
    charts(CHARTS[name].text())


@pytest.mark.parametrize("name", ["bars", "bars with a gap", "bars by weekday", "ranked", "histogram", "500 buckets"])
def test_bars_are_one_chart(name: str) -> None:
    assert len(charts(CHARTS[name].text())) == 1


@pytest.mark.parametrize("word", HOSTILE)
def test_a_label_says_no_more_than_a_label(word: str) -> None:
    block = mermaid.chart([word, "b"], bars=[1, 2], unit=word, level=True)
    found = charts(block)[0]
    assert found.plots == {"bar": (1, 2)}
    assert len(found.categories) == 2
    assert len(block.split("\n")) == 7 + bool(word)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=30), st.booleans(), st.text(max_size=99))
@swift
def test_whatever_people_are_called_every_name_is_a_category(names: list[str], level: bool, unit: str) -> None:
    found = charts(mermaid.chart(names, bars=range(len(names)), unit=unit, level=level))[0]
    assert len(found.categories) == len(names)


@given(st.lists(st.floats(-9e3, 9e3) | st.floats(-1e-9, 1e-9), min_size=1, max_size=30), st.floats(-1e3, 1e3))
@swift
def test_numbers_have_no_exponents_and_lie_within_the_axis(values: list[float], low: float) -> None:
    names = [str(index) for index in range(len(values))]
    found = charts(mermaid.chart(names, bars=values, line=values, low=low))[0]
    assert found.plots["bar"] == tuple(float(mermaid.figure(value)) for value in values)


def test_names_below_bars_are_thinned_so_that_they_fit() -> None:
    names = [f"{day} January 2026" for day in range(1, 31)]
    found = charts(mermaid.chart(names, bars=range(30)))[0]
    assert 2 <= len(found.visible) < 8
    assert sum(mermaid.width(name) + mermaid.BETWEEN for name in found.visible[1:]) <= mermaid.ACROSS
    assert found.visible[0] == "1 January 2026"


def test_equal_names_stay_two_bars() -> None:
    assert len(set(charts(mermaid.chart(["a", "a", "a"], bars=[1, 2, 3], level=True))[0].categories)) == 3


def test_large_values_are_in_thousands_or_millions_where_the_axis_shows_them() -> None:
    found = charts(mermaid.chart(["a", "b"], bars=[250_000, 3], unit="views"))[0]
    assert (found.unit, found.plots["bar"]) == ("views, thousands", (250, 0.003))
    assert charts(mermaid.chart(["a"], bars=[2.5e8], unit=""))[0].unit == "millions"
    assert charts(mermaid.chart(["a"], bars=[2.5e8], unit="views", level=True))[0].high == 2.5e8


def test_unknown_buckets_are_left_out_and_named_never_zero() -> None:
    chart = Bars("", "", WEEKS[:5], Series("views", (3, None, None, 0, 4)), unit="views per week")
    text = chart.text()
    assert charts(text)[0].plots == {"bar": (3, 0, 4)}
    assert text.endswith("left out, no data: 5 Jan 2026 to 12 Jan 2026")


def test_where_a_line_would_cross_the_unknown_there_is_a_table() -> None:
    chart = Bars("", "", WEEKS[:3], Series("opened", (3, None, 1)), Series("merged", (1, None, 1)))
    assert chart.text().startswith("|   | opened |")
    assert "| ? |" in chart.text()


def test_two_series_are_bars_and_a_line_and_the_words_say_which() -> None:
    text = CHARTS["bars"].text()
    assert charts(text)[0].plots.keys() == {"bar", "line"}
    assert "bars: opened; line: merged; the last may still grow" in text


def test_many_buckets_are_added_up_and_the_axis_says_so() -> None:
    days = tuple(MONDAY + timedelta(days=day) for day in range(100))
    text = Bars("", "", days, Series("views", (1.0,) * 100), unit="views per day").text()
    found = charts(text)[0]
    assert found.unit == "views per 4 days"
    assert list(found.plots["bar"]) == [4.0] * 25
    text = Bars("", "", days, Series("views", (1.0,) * 50 + (None,) + (1.0,) * 49), unit="views per day").text()
    assert "too low, in part without data: 15 Feb 2026" in text
    assert list(charts(text)[0].plots["bar"]) == [4.0] * 12 + [3.0] + [4.0] * 12


def test_names_that_are_no_moments_are_never_added_up() -> None:
    chart = Bars("", "", tuple(f"lynx-{place}" for place in range(40)), Series("commits", (1.0,) * 40))
    assert charts(chart.text())[0].plots["bar"] == (1,) * 30
    assert chart.text().endswith("and 10 more")


def test_a_ranking_carries_figures_in_its_labels_and_notes_below() -> None:
    text = Ranked("", "", (RankedRow("lynx", 1234, "new"), RankedRow("x" * 39, 3)), "commits").text()
    found = charts(text)[0]
    assert text.endswith("new: `lynx`")
    assert found.level
    assert found.visible[0] == "lynx · 1,234"
    assert found.visible[1].endswith("… · 3")


def test_a_histogram_marks_the_median() -> None:
    found = charts(Histogram("", "", (0.5, 1.0, 5.0, 6.0), 5.0).text())[0]
    assert "4 h to 8 h · 2 median" in found.visible


def test_no_chart_is_drawn_of_nothing() -> None:
    assert replace(CHARTS["no bars"]).text() == "Nothing in this window."  # type: ignore[type-var]


@pytest.mark.parametrize("body", [
    'xychart-beta\n  x-axis ["a"]\n  y-axis 0 --> 1\n  bar [1]',
    '{look}\nxychart-beta\n  x-axis [""]\n  y-axis 0 --> 1\n  bar [1]',
    '{look}\nxychart-beta\n  x-axis ["a", "a"]\n  y-axis 0 --> 1\n  bar [1, 1]',
    '{look}\nxychart-beta\n  x-axis ["a"]\n  y-axis 0 --> 1\n  bar [1e0]',
    '{look}\nxychart-beta\n  x-axis ["a"]\n  y-axis 0 --> 1\n  bar [1, 1]',
    '{look}\nxychart-beta\n  x-axis ["a"]\n  y-axis 1 --> 1\n  bar [1]',
    '{look}\nxychart-beta\n  x-axis ["a %% b"]\n  y-axis 0 --> 1\n  bar [1]',
    '{look}\nxychart-beta\n  x-axis ["a"]\n  y-axis 0 --> 1',
])  # fmt: skip
def test_the_grammar_refuses_what_mermaid_would_misread(body: str) -> None:
    with pytest.raises((AssertionError, ValueError)):
        parsed(body.replace("{look}", mermaid.look(mermaid.BLUE, mermaid.ORANGE, mermaid.STANDING)))
