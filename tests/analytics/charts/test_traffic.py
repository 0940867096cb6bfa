"""Pictures of traffic: unknown is never zero, uniques are never added up, and nothing is drawn upon anything else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analytics.charts.canvas import drawn, render
from analytics.charts.chart import Chart
from analytics.charts.columns import ceiling, dark, pale
from analytics.charts.curves import MOST_STEPS, bent, thinned
from analytics.charts.daily import Daily
from analytics.charts.fitting import tail
from analytics.charts.layout import SMALL, STRONG, WIDTH
from analytics.charts.multiples import MOST, Multiples, Panel
from analytics.charts.ranks import RankLine, Ranks
from analytics.charts.rhythm import Rhythm
from analytics.charts.spans import DASH, WEEK, dated, listed, running_median, span_name
from analytics.charts.theme import THEMES, channels
from analytics.charts.weekly import Weekly
from tests.analytics.charts.test_extremes import labels, swift
from tests.analytics.charts.traffic_samples import FIRST, LONGEST, SUBTITLE, TRAFFIC, counts, daily, panels, weekly

DAY = timedelta(days=1)


def words(chart: Chart) -> list[str]:
    return [text.text for text in drawn(chart, "light").written]


def colours(chart: Chart) -> set[tuple[int, int, int]]:
    with Image.open(io.BytesIO(render(chart, "light"))) as picture:
        return {colour for _, colour in picture.convert("RGB").getcolors(1 << 16) or ()}  # type: ignore[misc]


def test_spans_are_called_as_people_do() -> None:
    assert span_name(date(2026, 6, 9), date(2026, 6, 9)) == "9 Jun"
    assert span_name(date(2026, 6, 8), date(2026, 6, 16)) == f"8{DASH}16 Jun"
    assert span_name(date(2026, 5, 28), date(2026, 6, 3), year=True) == f"28 May{DASH}3 Jun 2026"
    assert span_name(date(2025, 12, 28), date(2026, 1, 3), year=True) == f"28 Dec 2025{DASH}3 Jan 2026"
    assert span_name(date(2026, 2, 1), date(2026, 2, 28)) == "Feb"
    assert span_name(date(2025, 12, 1), date(2026, 1, 31), year=True) == f"Dec 2025{DASH}Jan 2026"
    assert (
        listed(["2 Apr", "12 Apr", f"15{DASH}17 Jun", f"28 Jun{DASH}3 Jul", "9 Jul"])
        == f"2, 12 Apr, 15{DASH}17 Jun, 28 Jun{DASH}3 Jul, 9 Jul"
    )


def test_days_that_are_left_out_are_unknown() -> None:
    data = dated((FIRST, FIRST + 3 * DAY), (5, 0), (2, 0), (False, True), DAY)
    assert data.counts == (5, None, None, 0)
    assert data.uniques == (2, None, None, 0)
    assert data.provisional == (False, False, False, True)
    assert data.gap_names() == [f"3{DASH}4 Mar"]


def test_weeks_and_months_end_where_the_next_begins() -> None:
    assert dated((FIRST,), (1,), (), (), WEEK).ends == (date(2026, 3, 8),)
    months = dated((date(2025, 12, 1), date(2026, 2, 1)), (1, 2), (), ())
    assert months.starts == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months.ends[-1] == date(2026, 2, 28)


def test_a_median_stops_at_gaps_and_leaves_out_days_that_may_still_grow() -> None:
    values = (1, 2, 3, 4, None, 10, 20, 30, 40, 50, 60, 70, 80, 0)
    settled = [True] * 13 + [False]
    assert running_median(values, settled) == [
        *(None, None, None, 2.5, None, None, None, None),
        *(25.0, 30.0, 35.0, 40.0, 50.0, None),
    ]


def test_one_day_may_tower_over_the_others_and_is_cut_off_with_its_figure() -> None:
    assert ceiling((*range(41), 48_212)) == 50
    assert ceiling((*range(41), 150)) == 150
    assert ceiling((0, 0, 0, 0, 0, 0, 0, 9)) == 9
    assert any(text.startswith("48,212 on ") for text in words(TRAFFIC["a huge day"]))


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


def test_unknown_days_are_shaded_and_zeros_are_not() -> None:
    gap = channels(THEMES["light"].gap)
    assert gap in colours(daily((5, None, 5, 5)))
    assert gap not in colours(daily((5, 0, 5, 5)))


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
    assert "noted: 31 on 9 Mar (9 Mar 2026)" in alt
    assert "Marked: 2 Mar 2026 v1.0.0" in written


def test_without_notes_the_highest_day_is_named() -> None:
    assert "77 on 12 Mar" in words(daily((*(1,) * 10, 77, *(20,) * 20)))


def test_an_alt_text_states_total_median_highest_and_gaps_and_adds_up_no_uniques() -> None:
    shown = daily((10, 30, None, 20, 0), 1)
    assert shown.alt == (
        "A median day brings 29 views. views per day, 2 Mar 2026 to 6 Mar 2026; 60 views in 4 known days; "
        "most 30 (3 Mar 2026); most uniques in a day 10 (3 Mar 2026); 1 day without data (4 Mar 2026); "
        "1 day may still grow; a median day has 15."
    )


def test_a_table_of_a_year_is_in_months_with_the_highest_uniques_of_a_day() -> None:
    lines = daily(counts(365, 40, (0, 1))).text().split("\n")
    assert lines[0] == "|   | views |   | most uniques in a day | days known |"
    assert lines[2].startswith("| Mar 2026 | ")
    assert lines[2].endswith(" | 28 of 30 |")
    assert lines[-1] == f"no data: 2{DASH}3 Mar 2026; + may still grow"


def test_a_table_of_few_days_has_each_and_an_unknown_one_is_a_question_mark() -> None:
    assert daily((4, None, 0), 1).text() == (
        "|   | views |   | uniques |\n|---|--:|---|--:|\n"
        "| 2 Mar 2026 | 4 | ████████████████ | 2 |\n"
        "| 3 Mar 2026 | ? |  | ? |\n"
        "| 4 Mar 2026 | 0+ |  | 0 |\n\nno data: 3 Mar 2026; + may still grow"
    )


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


def test_a_year_before_is_compared_over_the_weeks_known_in_both() -> None:
    shown = weekly((10, None, 30, 20, 40), (1, 2, None, 3, 4))
    assert "in the 2 weeks known in both years 30, a year before 4" in shown.alt  # the last one may still grow
    assert "a year before" in words(shown)
    assert f"| 16{DASH}22 Mar 2026 | 30 | ████████████ | 7 | ? |" in shown.text()
    assert "a year before" not in words(weekly((10, 20), None))


def cells(chart: Weekly) -> list[list[str]]:
    """Return name, count, the year before and the weeks known of each row of a weekly table without its bars."""
    rows = [line.strip("| ").split(" | ") for line in chart.text().split("\n") if line.startswith("| ")]
    return [[row[0], row[1], *row[-2:]] for row in rows[1:]]


def test_a_row_of_several_weeks_sets_the_same_weeks_side_by_side() -> None:
    """52 weeks of 10 and of 7 the year before, in months: the weeks unknown now are left out of both."""
    values = tuple(None if index in (1, 2, *range(9, 13)) else 10 for index in range(52))
    shown = weekly(values, (7,) * 52)
    assert [cells(shown)[row] for row in (0, 1, 2, 3, -1)] == [
        ["Mar 2026", "30", "21", "3 of 5"],
        ["Apr 2026", "40", "28", "4 of 4"],
        ["May 2026", "?", "?", "0 of 4"],
        ["Jun 2026", "50", "35", "5 of 5"],
        ["Feb 2027", "40+", "21", "4 of 4"],
    ]
    assert "a year before: only of the weeks known and settled now" in shown.text()
    assert "only of the weeks" not in weekly((10,) * 51, None).text()


def test_quarters_with_unknown_weeks_sum_up_the_same_weeks_of_the_year_before() -> None:
    values = tuple(None if index % 13 in (5, 6) else 10 for index in range(156))
    rows = cells(weekly(values, (None, *(7,) * 155)))
    assert [row[0] for row in rows[:2]] == ["Jan to Mar 2026", "Apr to Jun 2026"]
    assert rows[0][2] == "?"  # a week that is known now was not known a year before
    for _, count, before, known in rows[1:-1]:
        weeks = int(known.partition(" of ")[0])
        assert (count, before) == (str(10 * weeks), str(7 * weeks))


def test_true_uniques_of_weeks_are_never_added_up() -> None:
    written = weekly(counts(52, 900), None).text()
    assert "most uniques in a week" in written
    assert "weeks known" in written


def test_months_are_found_by_their_distance() -> None:
    chart = TRAFFIC["months"]
    assert isinstance(chart, Weekly)
    assert chart.data.ends[1] == date(2021, 2, 28)
    assert f"no data Apr{DASH}May 2021" in words(chart)


def test_a_rhythm_says_every_day_and_an_unknown_one_is_not_zero() -> None:
    chart = Rhythm("Tuesdays", SUBTITLE, (3, 4.5, 0, None, 1, 1, 1), "median views")
    assert chart.alt.startswith("Tuesdays. median views: Monday 3, Tuesday 4.5, Wednesday 0, Thursday unknown, ")
    assert {"4.5", "0", "no data", "Wednesday"} <= set(words(chart))
    assert "| Thursday | ? |  |" in chart.text()


def lists(*every: tuple[str, tuple[int | None, ...], int | None], step: int = 1) -> Ranks:
    days = tuple(FIRST + timedelta(days=index * step) for index in range(len(every[0][1])))
    return Ranks("Google leads", SUBTITLE, days, tuple(RankLine(*line) for line in every))


def test_names_in_the_list_stand_at_the_right_in_their_lines_colours() -> None:
    chart = lists(("Google", (2, 1, 1), 40), ("github.com", (1, 2, 2), 31), ("Bing", (3, 3, None), None))
    inks = {text.text: text.ink for text in drawn(chart, "light").written if text.type == STRONG}
    assert inks == {"Google": THEMES["light"].blue, "github.com": THEMES["light"].orange}
    assert [text.type for text in drawn(chart, "light").written if text.text == "Bing"] == [SMALL]
    assert chart.alt == (
        f"Google leads. Places 2{DASH}4 Mar 2026; now 1 Google with 40 (best 1), 2 github.com with 31 (best 1); "
        "no longer in the list: Bing (best 3, last seen 3 Mar 2026)."
    )
    assert "| left | `Bing` |  |  | 3 | 3 Mar 2026 |" in chart.text()


def test_days_that_no_list_spoke_for_are_a_gap() -> None:
    chart = lists(("Google", (1,) * 20, 4))
    later = tuple(day + (30 * DAY if index > 9 else 0 * DAY) for index, day in enumerate(chart.dates))
    holed = replace(chart, dates=later)
    assert holed.alt.endswith(f"; no answer 12{DASH}28 Mar 2026.")
    assert any(text.startswith("no data") for text in words(holed))
    monthly = lists(("Google", (1,) * 12, 4), step=30)  # the caller's choice, not a gap
    assert "no answer" not in monthly.alt


def test_many_dates_are_thinned_out_and_the_last_is_kept() -> None:
    steps = lists(("Google", (1,) * 1000, 4)).steps
    assert len(steps) == MOST_STEPS
    assert steps[-1] == 999
    assert len(thinned(400, [[1 + index % 10 for index in range(400)]] * 10)) < MOST_STEPS
    assert thinned(3, [[1, 2, 3]]) == (0, 1, 2)
    assert "26 of 1,000 lists drawn" in lists(("Google", (1,) * 1000, 4)).alt


def test_paths_keep_their_ends() -> None:
    assert tail("/quartz-labs/otter/blob/main/a.md", 10, len) == "…main/a.md"
    assert tail("news.example.org", 10, len) == "news.exam…"
    assert tail("/a", 10, len) == "/a"


def test_a_curve_is_level_at_its_points() -> None:
    curve = bent([(0.0, 0.0), (10.0, 5.0), (20.0, 5.0)])
    assert {(0.0, 0.0), (10.0, 5.0), (20.0, 5.0)} <= set(curve)
    assert curve[-2:] == [(10.0, 5.0), (20.0, 5.0)]
    assert all(0 <= y <= 5 for _, y in curve)


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


values = st.one_of(st.none(), st.integers(0, 9), st.integers(0, 1_000_000))
dates = st.dates(date(2019, 12, 1), date(2026, 12, 1))


@st.composite
def days(draw: st.DrawFn) -> Daily:
    length = draw(st.integers(1, 60) | st.sampled_from([1, 90, 400]))
    first = draw(dates)
    known = tuple(draw(st.lists(values, min_size=length, max_size=length)))
    days = tuple(first + timedelta(days=index) for index in range(length))
    uniques = tuple(None if count is None else draw(st.integers(0, count)) for count in known)
    said = st.lists(st.tuples(st.sampled_from(days), labels), max_size=8).map(tuple)
    return Daily(
        draw(labels),
        draw(labels),
        days,
        known,
        uniques,
        tuple(index >= length - 2 for index in range(length)),
        draw(st.sampled_from(["views per day", "clones per day", ""])),
        draw(st.booleans()),
        draw(said),
        draw(said),
    )


@st.composite
def weeks(draw: st.DrawFn) -> Weekly:
    length = draw(st.integers(1, 60) | st.sampled_from([1, 104, 260]))
    first = draw(dates)
    months = draw(st.booleans())
    starts = tuple(
        date(2020 + index // 12, index % 12 + 1, 1) if months else first + timedelta(weeks=index)
        for index in range(length)
    )
    known, before = (tuple(draw(st.lists(values, min_size=length, max_size=length))) for _ in range(2))
    growing = tuple(index == length - 1 for index in range(length))
    unit = f"views per {'month' if months else 'week'}"
    return Weekly(draw(labels), "", starts, known, known, draw(st.sampled_from([None, before])), unit, growing)


@st.composite
def rankings(draw: st.DrawFn) -> Ranks:
    length = draw(st.integers(1, 40))
    steps = draw(st.lists(st.integers(1, 40), min_size=length, max_size=length))
    first = draw(dates)
    moments = tuple(first + timedelta(days=sum(steps[:index])) for index in range(length))
    names = draw(st.lists(labels, min_size=1, max_size=10, unique=True))
    places = [draw(st.permutations(range(1, 11))) for _ in range(length)]
    lines = tuple(
        RankLine(
            name,
            tuple(each[index] if draw(st.booleans()) else None for each in places),
            draw(st.one_of(st.none(), st.integers(0, 1_000_000))),
        )
        for index, name in enumerate(names)
    )
    return Ranks(draw(labels), draw(labels), moments, lines)


@st.composite
def multiples(draw: st.DrawFn) -> Multiples:
    length = draw(st.integers(1, 60))
    first = draw(dates)
    every = []
    for name in draw(st.lists(labels, max_size=26)):
        count = draw(st.integers(0, length))
        start = first + timedelta(days=draw(st.integers(0, 9)))
        known = tuple(draw(st.lists(values, min_size=count, max_size=count)))
        every.append(Panel(name, tuple(start + timedelta(days=index) for index in range(count)), known))
    return Multiples(draw(labels), draw(labels), tuple(every), "views per day", draw(st.booleans()))


rhythms = st.builds(
    Rhythm, labels, labels, st.lists(values, min_size=7, max_size=7).map(tuple), st.just("median views")
)
traffic = st.one_of(days(), weeks(), rankings(), multiples(), rhythms)


@given(traffic)
@swift
def test_texts_neither_overlap_nor_leave_the_picture(chart: Chart) -> None:
    canvas = drawn(chart, "light")
    texts = canvas.written
    for index, text in enumerate(texts):
        for x, y in text.corners:
            assert -1 <= x <= WIDTH + 1, text
            assert -1 <= y <= canvas.area.bottom + 1, text
        clash = [other for other in texts[:index] if text.overlaps(other)]
        assert not clash, f"{text} {clash}"
    assert chart.alt
    assert chart.text()
