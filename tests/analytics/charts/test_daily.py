"""Counts per day: uniques at each bar's foot, days that may still grow, marks and notes, and the table beside them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from analytics.charts.canvas import drawn, render
from analytics.charts.columns import ceiling, dark, pale
from analytics.charts.layout import STRONG
from analytics.charts.theme import THEMES, channels
from tests.analytics.charts.reading import colours, words
from tests.analytics.charts.traffic_samples import FIRST, TRAFFIC, counts, daily
from tests.analytics.charts.xychart import charts


def test_one_day_may_tower_over_the_others_and_is_cut_off_with_its_figure() -> None:
    assert ceiling((*range(41), 48_212)) == 50
    assert ceiling((*range(41), 150)) == 150
    assert ceiling((0, 0, 0, 0, 0, 0, 0, 9)) == 9
    assert any(text.startswith("48,212 on ") for text in words(TRAFFIC["a huge day"]))


def test_uniques_are_the_foot_of_a_bar_and_both_are_labelled() -> None:
    theme = THEMES["light"]
    shown = daily(counts(60, 40), 0)
    assert {channels(pale(theme)), channels(dark(theme))} <= colours(shown)
    assert {"views", "uniques", "7-day median"} <= {
        text.text for text in drawn(shown, "light").written if text.type == STRONG
    }
    assert "uniques" not in words(replace(shown, uniques=(None,) * 60))


def test_days_that_may_still_grow_are_hatched_and_said() -> None:
    assert "provisional" in words(daily(counts(60, 40), 2))
    assert "provisional" not in words(daily(counts(60, 40), 0))
    assert render(daily(counts(60, 40), 2), "light") != render(daily(counts(60, 40), 0), "light")
    assert "2 days may still grow" in daily(counts(60, 40), 2).alt


def test_few_days_carry_their_figures_and_no_line() -> None:
    shown = words(daily((12, 0, 7)))
    assert {"12", "0", "7"} <= set(shown)
    assert "7-day median" not in shown


def test_marks_and_notes_are_written_where_there_is_room() -> None:
    shown = words(TRAFFIC["days"])
    assert {"v1.0.0", "v1.20.0", "v1.89.0", "31 on 9 Mar"} <= set(shown)
    assert "v1.500.0" not in shown  # a release outside of the picture
    alt, written = TRAFFIC["days"].alt, TRAFFIC["days"].text()
    assert "marked: v1.0.0 (2 Mar 2026), v1.3.0 (5 Mar 2026)" in alt
    assert "Marked: 2 Mar 2026 v1.0.0" in written


def test_a_note_that_names_its_day_is_not_given_it_again() -> None:
    """The second of the two names another day, 21 Mar, which only looks like 1 Mar."""
    shown = replace(
        daily(counts(30, 40)), notes=((FIRST, "31 on 2 Mar"), (date(2026, 3, 10), "more than on 21 Mar or 110 Mar"))
    )
    assert shown.alt.endswith("noted: 31 on 2 Mar, more than on 21 Mar or 110 Mar (10 Mar 2026).")
    assert shown.text().endswith("Noted: 31 on 2 Mar, 10 Mar 2026 more than on 21 Mar or 110 Mar")


def test_without_notes_the_highest_day_is_named() -> None:
    assert "77 on 12 Mar" in words(daily((*(1,) * 10, 77, *(20,) * 20)))


def test_an_alt_text_states_total_median_highest_and_gaps_and_adds_up_no_uniques() -> None:
    shown = daily((10, 30, None, 20, 0), 1)
    assert shown.alt == (
        "A median day brings 29 views. Views per day, 2 Mar 2026 to 6 Mar 2026; 60 views in 4 known days; "
        "most 30 (3 Mar 2026); most uniques in a day 10 (3 Mar 2026); 1 day without data (4 Mar 2026); "
        "1 day may still grow; a median day has 15."
    )


def test_the_text_of_a_year_is_in_months_with_the_highest_uniques_of_a_day() -> None:
    written = daily(counts(365, 40, (0, 1))).text()
    chart = charts(written)[0]
    assert chart.unit == "views per month"
    assert len(chart.categories) == 13
    assert chart.visible[0] == "Mar 2026"
    assert "too low, in part without data: Mar 2026, " in written
    assert "may still grow" in written
    assert re.search(r"most uniques in a day: Mar 2026 \d+, Apr 2026 \d+, ", written)


def test_a_table_of_few_days_has_each_and_an_unknown_one_is_a_question_mark() -> None:
    assert daily((4, None, 0), 1).text() == (
        "|   | views |   | uniques |\n|---|--:|---|--:|\n"
        "| 2 Mar 2026 | 4 | ████████████████ | 2 |\n"
        "| 3 Mar 2026 | ? |  | ? |\n"
        "| 4 Mar 2026 | 0+ |  | 0 |\n\nno data: 3 Mar 2026; + may still grow"
    )
