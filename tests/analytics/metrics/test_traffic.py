"""Traffic: what is known, what is not, bounds of uniques, days that stand out, and the pictures."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.buckets import column
from analytics.charts.daily import Daily
from analytics.charts.rhythm import Rhythm
from analytics.charts.weekly import Weekly
from analytics.metric import Measured, Scene
from analytics.metrics.traffic import METRIC
from analytics.window import BEGINNING, Window, parse_iso
from tests.analytics import replay
from tests.analytics.builders import (
    FOUR_WEEKS,
    MONDAY,
    Row,
    listed,
    measure,
    on,
    records,
    release,
    scene,
    tables,
    visits,
)

FOLDERS = ["l3af-project__l3afd", "jgehrcke__gipc"]


def whole_month(views: int = 20) -> list[Row]:
    return [visits(day, views) for day in range(28)]


def test_nothing_known() -> None:
    measured = measure(METRIC)
    assert (measured.facts["views"], measured.facts["views_known_days"], measured.facts["days"]) == (None, 0, 28)
    assert METRIC.finding(measured, measured, scene()) == (
        "No traffic is known in the last 28 days; it is kept from the first capture on."
    )
    assert METRIC.charts(measured, scene()) == ()
    assert measured.notes == ("traffic unknown on 28 of 28 days (1\N{EN DASH}28 Jun 2026)",)


def test_unknown_is_not_zero() -> None:
    """A day without a row is unknown; one with a zero is zero; one kind may be known without the other."""
    measured = measure(METRIC, traffic_days=[visits(0, 0), visits(2, 6), visits(4, None, clones=3)])
    assert [measured.facts[key] for key in ("views", "views_known_days", "clones_known_days")] == [6, 2, 3]
    assert column(measured.tables["per_day"], "views")[:6] == (0, None, 6, None, None, None)
    assert column(measured.tables["per_day"], "clones")[:6] == (1, None, 1, None, 3, None)
    assert measured.notes[0] == "views unknown on 26 of 28 days (2 Jun 2026 and 4\N{EN DASH}28 Jun 2026)"
    assert METRIC.finding(measured, None, scene()).startswith(
        "6 views and 5 clones in the last 28 days (views of 2, clones of 3 of 28 days known). "
    )


def test_uniques_are_bounded_and_never_added() -> None:
    measured = measure(METRIC, traffic_days=[visits(0, 20, 5), visits(1, 30, 9), visits(2, 4, 4)])
    facts = measured.facts
    assert (facts["view_uniques"], facts["view_uniques_at_least"], facts["view_uniques_at_most"]) == (None, 9, 18)
    assert "Between 9 and 18 unique visitors" in METRIC.finding(measured, None, scene())


def test_the_true_uniques_of_an_answers_own_fourteen_days() -> None:
    window = Window(MONDAY, MONDAY + timedelta(days=14))
    rows = [visits(day, 10, 4) for day in range(14)]
    answers = [
        {"captured_at": on(day), "views": 140, "view_uniques": uniques, "clones": 14, "clone_uniques": 3}
        for day, uniques in ((12.5, 30), (13.1, 36), (13.3, 37), (14.2, 40))
    ]
    measured = measure(METRIC, window, traffic_days=rows, traffic_totals=answers)
    assert (measured.facts["view_uniques"], measured.facts["clone_uniques"]) == (37, 3)
    assert records(measured, "fourteen_days") == [
        {"day": f"2026-06-{day}", "views": 140, "view_uniques": uniques, "clones": 14, "clone_uniques": 3}
        for day, uniques in ((13, 30), (14, 37))
    ]
    assert "37 unique visitors and 3 unique cloners" in METRIC.finding(measured, None, scene(window))
    other = measure(METRIC, Window(MONDAY, MONDAY + timedelta(days=13)), traffic_days=rows, traffic_totals=answers)
    assert other.facts["view_uniques"] is None
    assert other.facts["view_uniques_14_days"] == 30


def test_an_answer_from_before_the_days_were_final_is_not_believed() -> None:
    window = Window(MONDAY, MONDAY + timedelta(days=14))
    answer = {"captured_at": on(13.1), "views": 9, "view_uniques": 2, "clones": 1, "clone_uniques": 1}
    rows = [visits(day, 10, 4) for day in range(14)]
    measured = measure(METRIC, window, traffic_days=rows, traffic_totals=[answer])
    assert (measured.facts["view_uniques"], measured.facts["view_uniques_at_least"]) == (None, 4)


def test_the_true_uniques_of_a_whole_week() -> None:
    weeks = [{"week": on(7 * week), "views": 70, "view_uniques": 11 + week, "clones": 7} for week in range(4)]
    rows = [visits(day, 20, 6) for day in range(28)]
    measured = measure(METRIC, Window(on(7) or MONDAY, on(14) or MONDAY), traffic_days=rows, traffic_weeks=weeks)
    assert measured.facts["view_uniques"] == 12
    cut = measure(METRIC, Window(on(2) or MONDAY, on(18) or MONDAY), traffic_days=rows, traffic_weeks=weeks)
    assert column(cut.tables["per_week"], "view_uniques") == (None, 12, None)
    assert column(cut.tables["per_week"], "views") == (100, 140, 80)
    assert column(cut.tables["per_week"], "views_known_days") == (5, 7, 4)
    assert column(cut.tables["per_month"], "view_uniques_at_least") == (6,)
    assert column(cut.tables["per_month"], "view_uniques_at_most") == (96,)


def test_a_day_belongs_to_the_window_in_which_it_begins() -> None:
    window = Window(on(0.4) or MONDAY, on(7.4) or MONDAY)
    rows = [visits(day, day) for day in range(10)]
    measured = measure(METRIC, window, traffic_days=rows)
    assert column(measured.tables["per_day"], "views") == (1, 2, 3, 4, 5, 6, 7)
    before = measure(METRIC, window.previous(), traffic_days=rows)
    assert column(before.tables["per_day"], "day")[-1] == "2026-06-01"


def test_the_present_day_counts_only_once_an_answer_covered_it() -> None:
    window = Window(MONDAY, on(7.5) or MONDAY)
    rows = [visits(day, 3) for day in range(7)]
    assert measure(METRIC, window, traffic_days=rows).facts["days"] == 7
    assert measure(METRIC, window, traffic_days=[*rows, visits(7, 1)]).facts["days"] == 8
    # A day that is over and was not captured is unknown.
    assert measure(METRIC, Window(MONDAY, on(8) or MONDAY), traffic_days=rows).facts["days"] == 8


def test_the_table_is_over_the_days_known_in_both_periods() -> None:
    """Neither gaps on one side nor the days that still grow make a change."""
    rows = [visits(day, 10) for day in range(-28, 28) if day not in (-28, -27, 5)]
    rows[-1] = visits(27, 0, provisional=True)
    now = measure(METRIC, traffic_days=rows)
    before = measure(METRIC, FOUR_WEEKS.previous(), traffic_days=rows)
    first, second, *_ = METRIC.compare(now, before, scene())
    assert (first.label, first.now, first.before, first.verdict) == ("views on 24 days known in both", "240", "240", "")
    assert second.verdict == "n = 24 days each: no clear change"
    assert METRIC.compare(now, before, scene())[-2].now == "10 to 260"


def test_more_is_said_only_where_the_interval_allows_it() -> None:
    rows = [visits(day, (30 if day >= 0 else 10) + day % 5) for day in range(-28, 28)]
    now, before = (measure(METRIC, window, traffic_days=rows) for window in (FOUR_WEEKS, FOUR_WEEKS.previous()))
    assert METRIC.compare(now, before, scene())[1].verdict == "n = 28 days each: more"
    assert "More views on a median day than in the period before (12), by 28 days known in both" in (
        METRIC.finding(now, before, scene())
    )
    few = measure(METRIC, traffic_days=[visits(day, 900) for day in range(6)])
    assert METRIC.compare(few, before, scene())[1].verdict == "n = 6 days each: too few to compare"


def test_without_a_day_known_in_both_the_totals_stand_alone() -> None:
    now = measure(METRIC, traffic_days=whole_month())
    before = measure(METRIC, FOUR_WEEKS.previous(), traffic_days=whole_month())
    assert [tuple(getattr(row, name) for name in ("label", "now", "before", "verdict")) for row in
            METRIC.compare(now, before, scene())[:2]] == [
        ("views", "560", "\N{EN DASH}", "no day known in both"),
        ("clones", "28", "\N{EN DASH}", "no day known in both"),
    ]  # fmt: skip


def unusual(releases: list[Row] | None = None, referrers: list[Row] | None = None) -> Measured:
    """Measure 28 days after a quiet quarter; the second Friday stands out."""
    rows = [visits(day, 300 if day == 11 else 20 + day % 3, 15) for day in range(-90, 28)]
    return measure(METRIC, traffic_days=rows, releases=releases or [], referrers=referrers or [])


def test_an_unusual_day_is_named_with_what_coincides() -> None:
    lists = [*listed(10, "github.com", "quartz.example"), *listed(12, "github.com", "news.example", "quartz.example")]
    measured = unusual(releases=[release(11.4), release(40.0)], referrers=lists)
    (row,) = records(measured, "unusual")
    assert (row["day"], row["kind"], row["count"], row["weekday"]) == ("2026-06-12", "views", 300, "Friday")
    assert row["coincides_with"] == "v1.2.0 released the same day; news.example new, at 2, among the referrers"
    assert (
        "unusual: 300 on 12 Jun 2026 (21 on a usual Friday; at the same time v1.2.0 released the same day; "
        "news.example new, at 2, among the referrers)" in METRIC.finding(measured, None, scene())
    )
    chart = METRIC.charts(measured, scene())[0]
    assert isinstance(chart, Daily)
    assert chart.title == "A median day brings 21 views; 12 Jun brought 300"
    assert chart.notes == ((date(2026, 6, 12), "300 on 12 Jun \N{MIDDLE DOT} v1.2.0"),)
    assert chart.marks == ((date(2026, 6, 12), "v1.2.0"),)


def test_the_first_day_after_a_gap_is_not_named_for_being_low() -> None:
    """GitHub may have told a part of it only, so it is neither listed nor in the picture's title and notes."""
    rows = [visits(day, 2 if day == 11 else 300, 1) for day in range(-90, 28)]
    assert [row["count"] for row in records(measure(METRIC, traffic_days=rows), "unusual")] == [2]
    measured = measure(METRIC, traffic_days=[row for row in rows if row != visits(10, 300, 1)])
    assert records(measured, "unusual") == []
    chart = METRIC.charts(measured, scene())[0]
    assert isinstance(chart, Daily)
    assert chart.notes == ()
    assert "brought 2" not in f"{chart.title}."


def test_what_does_not_fit_is_not_put_to_a_day() -> None:
    """A release two days earlier, a referrer that moved by two places, lists too far away: all of it is nothing."""
    lists = [*listed(10, "github.com", "fern.example", "quartz.example"), *listed(12, "quartz.example", "github.com")]
    assert records(unusual(releases=[release(9.9)], referrers=lists), "unusual")[0]["coincides_with"] is None
    far = [*listed(7, "github.com"), *listed(12, "news.example")]
    assert records(unusual(referrers=far), "unusual")[0]["coincides_with"] is None


def test_workflow_runs_explain_clones() -> None:
    rows = [visits(day, 5, clones=200 if day == 11 else 20) for day in range(-90, 28)]
    first, after = date(2026, 6, 1), date(2026, 6, 29)
    friday = date(2026, 6, 12)
    about = replace(scene(), workflow_runs={(first, after): 370, (friday, friday + timedelta(days=1)): 150})
    measured = METRIC.measure(tables(traffic_days=rows), about.window, about)
    assert measured.facts["clones_explained_share"] == 370 / 740
    assert "370 workflow runs, at one checkout each, explain 50 % of the clones" in METRIC.finding(
        measured, None, about
    )
    assert records(measured, "unusual")[0]["coincides_with"] == "150 workflow runs that day"
    assert measure(METRIC, traffic_days=rows).facts["clones_explained_share"] is None


def test_pictures_by_day_by_week_and_by_month() -> None:
    rows = [visits(day, 20 + day % 7) for day in range(-1999, 28)]
    kinds = {}
    for days in (28, 120, 121, 1464, 1465):
        window = Window.last(days, FOUR_WEEKS.until)
        charts = METRIC.charts(measure(METRIC, window, traffic_days=rows), scene(window))
        kinds[days] = (type(charts[0]).__name__, getattr(charts[0], "unit", ""), isinstance(charts[-1], Rhythm))
    assert kinds == {
        28: ("Daily", "views per day", False),
        120: ("Daily", "views per day", True),
        121: ("Weekly", "views per week", True),
        1464: ("Weekly", "views per week", True),
        1465: ("Weekly", "views per month", True),
    }


def test_a_page_draws_days_and_weeks_and_a_comment_one_of_them() -> None:
    rows = [visits(day, 10 if day < 0 else 20) for day in range(-200, 28)]
    drawn = {}
    for days in (20, 28, 200):
        window = Window.last(days, FOUR_WEEKS.until)
        found, about = measure(METRIC, window, traffic_days=rows), scene(window)
        drawn[days] = [
            [one for one in METRIC.charts(found, replace(about, on_page=on_page)) if not isinstance(one, Rhythm)]
            for on_page in (False, True)
        ]
    kinds = {days: [[type(one).__name__ for one in each] for each in found] for days, found in drawn.items()}
    assert kinds == {
        20: [["Daily"] * 2, ["Daily"] * 2],
        28: [["Daily"] * 2, ["Daily", "Weekly"] * 2],
        200: [["Weekly"] * 2, ["Weekly", "Daily"] * 2],
    }
    last = drawn[200][1][1]
    assert isinstance(last, Daily)
    assert (len(last.days), last.days[-1]) == (120, date(2026, 6, 28))
    assert last.title == "A median day of the last 120 brings 10 views"
    assert last.subtitle.endswith("120 of 120 days known")


def test_weeks_stand_beside_the_same_weeks_of_the_year_before() -> None:
    """A week of which a day is unknown is a gap, in either year; the week that is going on is provisional."""
    rows = [visits(day, 10 if day < 0 else 20, 9) for day in range(-7 * 60, 182) if day not in (3, 24 - 364)]
    window = Window(MONDAY, MONDAY + timedelta(days=182.5))
    weekly = METRIC.charts(measure(METRIC, window, traffic_days=[*rows, visits(182, 1)]), scene(window))[0]
    assert isinstance(weekly, Weekly)
    assert weekly.weeks[0] == date(2026, 6, 1)
    assert weekly.counts[:3] == (None, 140, 140)
    assert weekly.counts[-1] == 1
    assert weekly.before is not None
    assert weekly.before[:5] == (70, 70, 70, None, 70)
    assert weekly.provisional == (*(False,) * 26, True)
    assert weekly.title == "140 views in a median week, 70 a year before (24 weeks)"
    assert set(weekly.uniques) == {None}


def test_a_picture_begins_with_the_first_known_day() -> None:
    window = Window.last(365, FOUR_WEEKS.until)
    chart = METRIC.charts(measure(METRIC, window, traffic_days=whole_month()), scene(window))[0]
    assert isinstance(chart, Daily)
    assert chart.days[0] == date(2026, 6, 1)
    assert chart.subtitle.endswith("28 of 365 days known, the first 1 Jun 2026")


def test_the_rhythm_of_the_week() -> None:
    rows = [visits(day, 3 if day % 7 > 4 else 12) for day in range(42)]
    window = Window(MONDAY, MONDAY + timedelta(days=42))
    rhythm = METRIC.charts(measure(METRIC, window, traffic_days=rows), scene(window))[-1]
    assert isinstance(rhythm, Rhythm)
    assert rhythm.values == (12.0,) * 5 + (3.0,) * 2
    short = measure(METRIC, Window(MONDAY, MONDAY + timedelta(days=41)), traffic_days=rows)
    assert column(short.tables["per_weekday"], "views_median") == (None,) * 7


def test_every_fact_has_a_label_and_it_travels_between_processes() -> None:
    measured = measure(METRIC, traffic_days=whole_month())
    assert METRIC.labels.keys() == measured.facts.keys()
    assert pickle.loads(pickle.dumps(measured)) == measured


DAYS = st.dictionaries(
    st.integers(-40, 40),
    st.tuples(st.none() | st.integers(0, 60), st.integers(0, 60), st.none() | st.integers(0, 60), st.booleans()),
    max_size=60,
)
WINDOWS = st.builds(
    lambda since, days: Window(MONDAY + timedelta(days=since), MONDAY + timedelta(days=since + days)),
    st.floats(-30, 30),
    st.floats(0.01, 70),
)


@given(DAYS, WINDOWS)
def test_what_holds_for_any_days(days: dict[int, tuple[Any, ...]], window: Window) -> None:
    """Sums are those of the known days in every table; bounds enclose; what comes later changes nothing."""
    rows = [
        visits(day, views, min(uniques, views or 0), clones, grows)
        for day, (views, uniques, clones, grows) in days.items()
    ]
    measured, before = (measure(METRIC, each, traffic_days=rows) for each in (window, window.previous()))
    for kind in ("views", "clones"):
        known = [row[kind] for row in rows if row["day"] in window and row[kind] is not None]
        assert measured.facts[kind] == (sum(known) if known else None)
        assert measured.facts[f"{kind}_known_days"] == len(known)
        for table in ("per_day", "per_week", "per_month"):
            if measured.facts["days"]:
                assert sum(filter(None, column(measured.tables[table], kind))) == sum(known)
    low, high = (measured.facts[f"view_uniques_at_{end}"] for end in ("least", "most"))
    assert (low is None) == (high is None)
    assert low is None or 0 <= low <= high  # type: ignore[operator]
    json.dumps(
        [dict(measured.facts), {name: grid.records() for name, grid in measured.tables.items()}], allow_nan=False
    )
    about = scene(window)
    said = [METRIC.finding(measured, before, about), *measured.notes]
    said += [f"{row.label}{row.now}{row.before}{row.verdict}" for row in METRIC.compare(measured, before, about)]
    said += [f"{chart.title}{chart.subtitle}{chart.alt}{chart.text()}" for chart in METRIC.charts(measured, about)]
    assert not any("nan" in text or "None" in text for text in said)
    later = [row for row in rows if row["day"] < window.until]
    assert measured == measure(METRIC, window, traffic_days=later)


@pytest.fixture(scope="module", params=FOLDERS)
def folder(request: pytest.FixtureRequest, shared_folder: Path) -> Path:
    """A repository's answers of years."""
    found: Path = shared_folder / "data" / "traffic" / request.param
    return found


def ask(folder: Path, window: Window | None = None) -> Measured:
    """Measure what all answers together say, as of the last one."""
    last = parse_iso(replay.answers(folder)[-1]["captured_at"]) + timedelta(seconds=1)
    chosen = window or Window(BEGINNING, last)
    return METRIC.measure(replay.read(folder), chosen, Scene(folder.name, chosen, last))


def test_years_of_real_answers(folder: Path) -> None:
    """Totals, months, weeks and the busiest day are those that others computed from the same answers."""
    expected = json.loads((folder / "expected.json").read_text())
    measured = ask(folder)
    for kind in ("views", "clones"):
        replayed, series = expected["replay"][kind], expected["collector_series"][kind]
        assert measured.facts[kind] == replayed["count_if_max_wins"]
        name = replay.KINDS[kind]
        assert measured.facts[f"{name}_at_most"] == replayed["uniques_if_max_wins"]
        day, most, _ = series["busiest_day"]
        if series["count"] == replayed["count_if_max_wins"]:
            months = dict(
                zip(
                    column(measured.tables["per_month"], "month"),
                    column(measured.tables["per_month"], kind),
                    strict=True,
                )
            )
            assert {month: months[month] for month in series["per_month_count"]} == series["per_month_count"]
            assert (measured.facts[f"{kind}_highest_day"], measured.facts[f"{kind}_on_highest_day"]) == (day, most)


def test_known_and_unknown_days_of_real_answers(folder: Path) -> None:
    """The days that no answer covered are exactly those the table has as unknown."""
    answers = replay.answers(folder)
    measured = ask(folder)
    for kind in ("views", "clones"):
        covered: set[date] = set()
        for answer in answers:
            on_day = parse_iso(answer["captured_at"]).date()
            covered |= {on_day - timedelta(days=back) for back in range(14)}
            covered |= {date.fromisoformat(row[0]) for row in answer[kind]}
        table = zip(column(measured.tables["per_day"], "day"), column(measured.tables["per_day"], kind), strict=True)
        assert {date.fromisoformat(day) for day, value in table if value is not None} == covered
