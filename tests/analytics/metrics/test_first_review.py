"""First review: when the clock starts, which review ends the wait, who is left out, and what may be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from analytics.charts.histogram import Histogram
from analytics.charts.survival import Survival
from analytics.first_review_words import working_hours
from analytics.metric import Measured
from analytics.metrics.first_review import METRIC
from analytics.terms import Hours, Terms
from analytics.window import Window
from tests.analytics.builders import FOUR_WEEKS, Row, measure, on, pull, records, review, scene, tables

LATER = Window(FOUR_WEEKS.until, FOUR_WEEKS.until + timedelta(days=28))


def drafted(row: Row, ready: float | None) -> Row:
    """The same pull request, a draft until `ready`."""
    return {**row, "ready_at": on(ready), "is_draft": ready is None}


def plain(*pulls: Row) -> list[Row]:
    """Pull requests that were never drafts."""
    return [row if "ready_at" in row else {**row, "ready_at": row["created_at"], "is_draft": False} for row in pulls]


def ask(pulls: list[Row], reviews: list[Row], terms: Terms | None = None, window: Window = FOUR_WEEKS) -> Measured:
    about = scene(window) if terms is None else replace(scene(window), terms=terms)
    return METRIC.measure(tables(pulls=plain(*pulls), reviews=reviews), window, about)


def facts(measured: Measured, *names: str) -> list[Any]:
    return [measured.facts[name] for name in names]


def test_nothing_opened_is_null_and_said() -> None:
    measured = measure(METRIC)
    assert {key: value for key, value in measured.facts.items() if value} == {}
    assert METRIC.finding(measured, measured, scene()) == "No pull request was opened in the last 28 days."
    assert METRIC.charts(measured, scene())[0].title == "No pull request opened in the last 28 days"
    assert METRIC.compare(measured, measured, scene())[0].verdict == "n = 0 and 0: too few to compare"


def test_one_open_pull_request_waits() -> None:
    measured = ask([pull(1)], [])
    assert facts(measured, "opened_n", "waiting_now_n", "reviewed_within_24h", "km_median_hours") == [1, 1, 0, None]
    assert records(measured, "waiting_now") == [{"number": 1, "waited_hours": 27 * 24}]
    assert METRIC.finding(measured, None, scene()) == (
        "1 pull request opened in the last 28 days: 1 waiting now. Not one has been reviewed."
    )


@pytest.mark.parametrize(
    "given",
    [
        review("quartz-otter", of="quartz-otter"),
        review("Quartz-Otter", of="quartz-otter"),
        review("renovate[bot]", of="quartz-otter"),
        review("coderabbitai", of="quartz-otter"),
        review("fern-lynx", of="quartz-otter", state="PENDING"),
        review("fern-lynx", of="quartz-otter", day=None),
        review("fern-lynx", of="quartz-otter", day=28),
        review("fern-lynx", of="quartz-otter", number=99),
    ],
)
def test_what_is_no_review_ends_no_wait(given: Row) -> None:
    measured = ask([pull(1)], [given])
    assert facts(measured, "reviewed_n", "waiting_now_n", "answered_n") == [0, 1, 0]


@pytest.mark.parametrize("state", ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"])
def test_every_counted_state_ends_the_wait(state: str) -> None:
    measured = ask([pull(1)], [review("fern-lynx", of="quartz-otter", day=1.5, state=state)])
    assert facts(measured, "reviewed_n", "reviewed_median_hours", "waiting_now_n") == [1, 12, 0]


def test_bots_left_out_are_said() -> None:
    reviews = [review("renovate[bot]", of="quartz-otter"), review("coderabbitai", of="quartz-otter")]
    assert ask([pull(1)], reviews).notes == ("2 reviews by bots left out of review times",)


def test_the_clock_starts_when_it_first_is_no_draft() -> None:
    """Opened on day 1, a draft until day 10, looked at on day 4, reviewed on day 11."""
    reviews = [review("fern-lynx", of="quartz-otter", day=day) for day in (4, 11)]
    measured = ask([drafted(pull(1), ready=10)], reviews)
    assert measured.facts["km_median_hours"] == 24
    assert measured.facts["reviews_of_drafts_n"] == 1
    assert measured.facts["reviewed_median_hours"] == 72  # the plain figure: any review, from the opening


def test_nobody_is_asked_to_review_a_draft() -> None:
    measured = ask([drafted(pull(1), ready=None), drafted(pull(2), ready=30)], [review("fern-lynx", of="quartz-otter")])
    assert facts(measured, "opened_n", "waited_n", "drafts_n", "waiting_now_n") == [2, 0, 2, 0]
    assert measured.facts["reviews_of_drafts_n"] == 1
    assert METRIC.finding(measured, None, scene()).startswith("2 drafts, which nobody was asked to review, but no ")


def test_a_review_after_the_end_came_too_late() -> None:
    terms = Terms(hours=Hours())
    measured = ask([pull(1, merged=1.2)], [review("fern-lynx", of="quartz-otter", day=1.5)], terms)
    assert facts(measured, "answered_n", "ended_unreviewed_n", "reviewed_n") == [0, 1, 1]
    assert measured.facts["reviewed_median_business_hours"] is None
    assert records(measured, "per_week")[0]["reviewed_within_24h"] == 0


TEN: list[Row] = [
    *(pull(1, merged=9) for _ in range(4)),  # reviewed after 12 h
    *(pull(1) for _ in range(2)),  # reviewed after three days
    *(pull(1, closed=2.5) for _ in range(3)),  # never reviewed, closed after 36 h
    pull(15),  # waiting for 13 days
]
REVIEWS = [
    *(review("fern-lynx", of="quartz-otter", day=1.5, number=number) for number in range(1, 5)),
    *(review("fern-lynx", of="quartz-otter", day=4, number=number) for number in (5, 6)),
]


def test_unreviewed_ends_compete() -> None:
    """Of ten, 4 were reviewed within a day; 6 within a week, since the three closed ones can no longer be.

    Were the closed ones only lost from sight: S is 6/10 after 12 h; 3 are left, of whom 2 are reviewed: 6/10 * 1/3.
    """
    measured = ask(TEN, REVIEWS)
    assert measured.facts["reviewed_within_24h"] == pytest.approx(0.4)
    assert measured.facts["reviewed_within_7d"] == pytest.approx(0.6)
    assert facts(measured, "answered_n", "ended_unreviewed_n", "waiting_now_n") == [6, 3, 1]
    assert measured.facts["km_median_hours"] == 72
    assert METRIC.finding(measured, None, scene()) == (
        "40 % of 10 pull requests opened in the last 28 days were reviewed within 24 h, 60 % within 7 d; "
        "3 were merged or closed unreviewed, 1 waits now, for 13 d. "
        "Half of 6 reviewed ones got their first review within 12 h of opening, nine in ten within 3 d."
    )


def test_shares_per_week_are_of_those_followed_for_a_day() -> None:
    week = ask([*TEN, pull(27.5)], REVIEWS).tables["per_week"].records()
    assert [row["opened"] for row in week] == [9, 0, 1, 1]
    assert [row["followed_24h"] for row in week] == [9, 0, 1, 0]
    assert [row["reviewed_within_24h"] for row in week] == [pytest.approx(4 / 9), None, 0, None]


def test_periods_are_compared_among_those_followed_for_a_day() -> None:
    quick = [pull(day) for day in range(20)]
    slow = [pull(28 + day) for day in range(20)]
    just_opened = [pull(55.5) for _ in range(40)]
    reviews = [
        *(review("fern-lynx", of="quartz-otter", day=day + 0.5, number=day + 1) for day in range(20)),
        *(review("fern-lynx", of="quartz-otter", day=day + 30, number=day + 21) for day in range(20)),
    ]
    rows = [*quick, *slow, *just_opened]
    now, before = ask(rows, reviews, window=LATER), ask(rows, reviews)
    row = METRIC.compare(now, before, scene(LATER))[0]
    assert (row.now, row.before, row.verdict) == ("0 %", "100 %", "n = 20 and 20: lower")
    assert "(n = 20 and 20: lower)" in METRIC.finding(now, before, scene(LATER))
    elsewhere = replace(scene(LATER), against="in o/r")
    assert "100 % in o/r (n = 20 and 20: lower)" in METRIC.finding(now, before, elsewhere)


def test_nothing_is_called_higher_or_lower_with_fewer_than_five() -> None:
    few = ask([pull(1) for _ in range(4)], [])
    many = ask([pull(1) for _ in range(9)], [review("fern-lynx", of="quartz-otter", number=at) for at in range(1, 10)])
    assert METRIC.compare(few, many, scene())[0].verdict == "n = 4 and 9: too few to compare"


def test_a_review_before_the_opening_is_left_out_and_counted() -> None:
    measured = ask([pull(5)], [review("fern-lynx", of="quartz-otter", day=4)])
    assert facts(measured, "reviewed_n", "waiting_now_n", "reviews_of_drafts_n") == [0, 1, 0]
    assert measured.notes == ("1 pull request reviewed before opening, left out of durations",)


def test_without_working_hours_there_is_no_second_clock() -> None:
    assert not [key for key in ask(TEN, REVIEWS).facts if "business" in key or "target" in key]


def test_a_second_clock_counts_working_hours() -> None:
    """Opened on Friday at noon, reviewed on Monday at noon: five hours of Friday and three of Monday."""
    opened, reviewed = 4.5, 7.5
    terms = Terms(hours=Hours(), targets={"first_review": 72.0})
    measured = ask([pull(opened)], [review("fern-lynx", of="quartz-otter", day=reviewed)], terms)
    assert measured.facts["reviewed_median_hours"] == 72
    assert measured.facts["reviewed_median_business_hours"] == 8
    assert facts(measured, "target_hours", "reviewed_within_target_share") == [72, 1]
    assert METRIC.finding(measured, None, replace(scene(), terms=terms)).endswith(
        "Half of the reviewed ones waited at most 8 working hours (n = 1)."
    )
    five, reviews = [pull(opened)] * 5, [review("fern-lynx", "quartz-otter", reviewed, at) for at in range(1, 6)]
    assert METRIC.finding(ask(five, reviews, terms), None, replace(scene(), terms=terms)).endswith(
        "Half of the reviewed ones waited at most 8 working hours (n = 5); "
        "100 % were reviewed within the target of 3 d."
    )
    missed = replace(terms, targets={"first_review": 71.0})
    assert ask(five, reviews, missed).facts["reviewed_within_target_share"] == 0, "a target is one of the calendar"


def test_a_target_without_working_hours_is_the_calendars() -> None:
    terms = Terms(targets={"first_review": 24.0})
    measured = ask(TEN, REVIEWS, terms)
    assert measured.facts["reviewed_within_target_share"] == measured.facts["reviewed_within_24h"]
    assert "within the target of 24 h" in METRIC.finding(measured, None, replace(scene(), terms=terms))


def test_pictures_show_all_that_waited_first_then_the_reviewed_ones() -> None:
    waits, spread = METRIC.charts(ask(TEN, REVIEWS), scene())
    assert isinstance(waits, Survival)
    assert isinstance(spread, Histogram)
    assert waits.title == "Reviewed: 40 % within 24 h, 60 % within 7 d"
    assert {curve.name: curve.shares[-1] for curve in waits.curves} == pytest.approx(
        {"reviewed": 0.6, "ended unreviewed": 0.3}
    )
    assert dict(waits.at_risk)[24] == (6,)
    assert (waits.at_risk_names, waits.unit) == (("waiting",), "of those that waited")
    assert spread.hours == (12.0,) * 4 + (72.0,) * 2


def test_a_repository_of_bots_says_that_nobody_reviews() -> None:
    bots = [pull(1, by="renovate[bot]") for _ in range(6)]
    measured = ask(bots, [review("coderabbitai", of="renovate[bot]", number=at) for at in range(1, 7)])
    assert facts(measured, "reviewed_n", "waiting_now_n") == [0, 6]
    assert "Not one has been reviewed" in METRIC.finding(measured, measured, scene())


def test_nobody_can_say_who_reviewed_a_deleted_account_s_pull_request() -> None:
    """One of three was opened by a deleted account: it waits for nobody, and its reviews are none of the cohort's."""
    rows = [pull(1), pull(1, by="ghost"), drafted(pull(2), ready=None)]
    measured = ask(rows, [review("fern-lynx", of="ghost", number=2), review("ghost", of="quartz-otter", day=2)])
    assert facts(measured, "opened_n", "waited_n", "waiting_now_n", "drafts_n", "reviewed_n") == [3, 1, 1, 1, 0]
    assert [row["number"] for row in records(measured, "waiting_now")] == [1]
    assert measured.notes == (
        "1 review by or for deleted accounts left out",
        "1 pull request by deleted accounts left out of waits",
        "1 draft that nobody was asked to review left out of waits",
    )


def test_deleted_accounts_reviews_of_other_periods_are_not_spoken_of() -> None:
    rows, reviews = [pull(1), pull(30)], [review("ghost", of="quartz-otter", day=5)]
    assert ask(rows, reviews).notes == ("1 review by or for deleted accounts left out",)
    assert ask(rows, reviews, window=LATER).notes == ()


def test_a_review_in_the_moment_in_which_the_clock_starts_ends_the_wait() -> None:
    measured = ask([drafted(pull(1), ready=3)], [review("fern-lynx", of="quartz-otter", day=3)])
    assert facts(measured, "answered_n", "waiting_now_n", "reviews_of_drafts_n", "km_median_hours") == [1, 0, 0, 0]


def test_one_that_was_reviewed_is_no_half_of_anything() -> None:
    measured = ask([pull(1) for _ in range(5)], [review("fern-lynx", of="quartz-otter", day=1.5, number=3)])
    said = METRIC.finding(measured, None, scene())
    assert said.endswith(" One was reviewed, 12 h after it was opened.")
    assert "Half" not in said


@pytest.mark.parametrize(("exposure", "verdict"), [(1.0, "n = 6 and 6: longer"), (4.0, "n = 6 and 6")])
def test_reviewed_ones_of_windows_of_different_lengths_are_set_side_by_side(exposure: float, verdict: str) -> None:
    """What was opened in a week and reviewed by its end waited less than a week, whatever became of the rest."""
    rows = [pull(1) for _ in range(6)]
    slow, quick = (
        ask(rows, [review("fern-lynx", of="quartz-otter", day=day, number=at) for at in range(1, 7)]) for day in (9, 2)
    )
    asked = replace(scene(), exposure=exposure)
    row = METRIC.compare(slow, quick, asked)[1]
    assert (row.now, row.before, row.verdict) == ("8 d", "24 h", verdict)
    assert f"the median was 24 h ({verdict})" in METRIC.finding(slow, quick, asked)


def test_those_that_ended_unreviewed_are_set_against_those_that_waited() -> None:
    measured = ask([*TEN, drafted(pull(2), ready=None)], REVIEWS)
    row = METRIC.compare(measured, measured, scene())[2]
    assert (row.label, row.now) == ("ended unreviewed, of those that waited", "3 of 10")


@pytest.mark.parametrize(
    ("hours", "said"), [(1, "1 working hour"), (0.96, "1 working hour"), (1.1, "1.1 working hours")]
)
def test_one_working_hour_is_singular_once_it_is_rounded(hours: float, said: str) -> None:
    assert working_hours(hours) == said


def test_of_fewer_than_five_no_share_is_drawn() -> None:
    (spread,) = METRIC.charts(ask([pull(1)] * 4, []), scene())
    assert isinstance(spread, Histogram)
    assert len(METRIC.charts(ask([pull(1)] * 5, []), scene())) == 2


@pytest.mark.parametrize("waits", [0, 1])
def test_nothing_is_unknown_where_nobody_waits(waits: int) -> None:
    reviews = [review("fern-lynx", of="quartz-otter", day=2, number=at) for at in range(1, 6)]
    reviewed, _ = METRIC.charts(ask([pull(1)] * (5 + waits), reviews), scene())
    assert ("nothing is known past 27 d" in reviewed.alt) == bool(waits)
    assert ("after 24 h all had ended" in reviewed.alt) == (not waits)
