"""Many repositories at a glance: their scale, their columns, those left out and those without data."""

from __future__ import annotations

from dataclasses import replace

from analytics.charts.multiples import MOST, Multiples, Panel
from tests.analytics.charts.reading import colours, words
from tests.analytics.charts.traffic_samples import FIRST, LONGEST, SUBTITLE, panels


def test_panels_share_a_scale_unless_said() -> None:
    small = Multiples("Ten", SUBTITLE, panels(10, 60), "views per day")
    assert "500" in words(small)
    assert not any(text.startswith("most ") for text in words(small))
    assert "most 3" in words(replace(small, shared=False))


def test_columns_follow_how_many_panels_there_are_and_how_long_their_names() -> None:
    brief = tuple(Panel(f"otter-{index}", (FIRST,), (index,)) for index in range(MOST))
    long = tuple(replace(panel, name=LONGEST) for panel in brief)
    assert [Multiples("", "", brief[:count], "views per day").columns for count in (1, 4, 5, 9, 10, 24)] == [
        2,
        2,
        3,
        3,
        4,
        4,
    ]
    assert Multiples("", "", long, "views per day").columns == 3


def test_panels_that_are_left_out_are_counted() -> None:
    chart = Multiples("30 repositories", SUBTITLE, panels(30, 30), "views per day", more=4)
    assert "and 10 more" in words(chart)
    assert chart.text().endswith("and 10 more")
    assert "of 34 repositories" in chart.alt


def test_a_panel_without_data_says_so_and_has_no_total() -> None:
    chart = Multiples(
        "Two", SUBTITLE, (Panel("otter", (FIRST,), (None,)), Panel("lynx", (FIRST,), (0,))), "views per day"
    )
    assert words(chart)[:4].count("?") == 1
    assert "no data" in words(chart)
    assert "otter unknown" in chart.alt
    assert "| `otter` | ? |  | ? | 0 of 1 |" in chart.text()


def test_the_first_figure_says_what_all_of_them_are() -> None:
    chart = Multiples("Two", SUBTITLE, (Panel("otter", (FIRST,), (7,)), Panel("lynx", (FIRST,), (3,))), "views per day")
    assert {"7 views", "3"} <= set(words(chart))


def test_days_that_may_still_grow_are_drawn_otherwise_and_said() -> None:
    settled = Multiples("One", SUBTITLE, panels(1, 30), "views per day")
    growing = replace(
        settled, panels=tuple(replace(each, provisional=(False,) * 28 + (True,) * 2) for each in settled.panels)
    )
    assert growing.alt.endswith("the last 2 days may still grow.")
    assert "may still grow" not in settled.alt
    assert len(colours(growing)) > len(colours(settled))  # the pale ground of the stripes
