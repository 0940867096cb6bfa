"""One pull request's waits against those of what was merged in the 90 days before."""

from __future__ import annotations

from datetime import timedelta

from analytics.merged_pull import PullWaits, pull_waits
from tests.analytics.builders import MONDAY, Row, pull, review, tables

NOW = MONDAY + timedelta(days=100)
FINCH, OTTER, ROBIN = "slow-finch", "quartz-otter", "red-robin"


def waits(pulls: list[Row], reviews: list[Row] | None = None, number: int = 1) -> PullWaits | None:
    rows = [{"is_draft": False, "ready_at": None, **one} for one in pulls]
    return pull_waits(tables(pulls=rows, reviews=reviews or []), number, NOW)


def known(pulls: list[Row], reviews: list[Row] | None = None, number: int = 1) -> PullWaits:
    found = waits(pulls, reviews, number)
    assert found is not None
    return found


def others(*days: float, by: str = OTTER) -> list[Row]:
    """Pull requests that were opened on day 50, and merged so many days after."""
    return [pull(50, 50 + day, by=by) for day in days]


def test_its_time_to_merge_is_placed_among_the_others() -> None:
    found = known([pull(90, 93), *others(1, 2, 4, 5, 6, 7)])
    assert found.merged
    assert (found.merge.own, found.merge.median, found.merge.n) == (72, 108, 6)
    assert (found.merge.larger, found.merge.smaller) == (4, 2)


def test_only_what_was_merged_in_the_90_days_before_counts() -> None:
    """Not what was merged earlier, nor after it, nor what was closed or is open."""
    early, late, closed = pull(0, 2.9), pull(90, 93.1), pull(60, closed=70)
    assert known([pull(90, 93), early, late, closed, pull(60), *others(1, 2, 3, 4, 5)]).merge.n == 5
    assert known([pull(90, 93), pull(0, 3.1), *others(1, 2, 3, 4, 5)]).merge.n == 6


def test_people_are_compared_with_people_and_programs_with_programs() -> None:
    programs = others(1, 1, 1, 1, 1, by="tidy[bot]")
    found = known([pull(90, 93), *programs, *others(2)])
    assert (found.by_program, found.merge.n) == (False, 1)
    found = known([pull(90, 93, by="tidy[bot]"), *programs, *others(2)])
    assert (found.by_program, found.merge.n) == (True, 5)


def test_it_waits_for_a_review_from_when_it_was_ready_on() -> None:
    """Its own author and programs do not review it; what was a draft before was not waiting."""
    reviews = [review(OTTER, OTTER, 90.5), review("tidy[bot]", OTTER, 90.6), review(FINCH, OTTER, 92)]
    assert known([pull(90, 93)], reviews).first_review.own == 48
    ready = {**pull(90, 93), "ready_at": MONDAY + timedelta(days=91)}
    assert known([ready], reviews).first_review.own == 24
    assert known([pull(90, 93)]).first_review.own is None


def test_the_usual_first_review_may_be_older_than_90_days() -> None:
    """A pull request that was merged within them was perhaps reviewed before."""
    pulls = [pull(90, 93), *(pull(0, 20) for _ in range(5))]
    reviews = [review(FINCH, OTTER, 1, number) for number in range(2, 7)]
    assert known(pulls, reviews).first_review.median == 24


def test_a_round_begins_where_who_asked_for_changes_comes_back() -> None:
    def rounds(*reviews: Row) -> float | None:
        return known([pull(90, 99)], list(reviews)).rounds.own

    asks, again = review(FINCH, OTTER, 91, state="CHANGES_REQUESTED"), review(FINCH, OTTER, 92)
    assert rounds() == 0
    assert rounds(again) == 1
    assert rounds(asks, review(ROBIN, OTTER, 91.5)) == 1
    assert rounds(asks, again) == 2
    assert rounds(asks, again, review(FINCH, OTTER, 93)) == 2
    # two who ask at once ask in one round
    assert rounds(asks, review(ROBIN, OTTER, 91, state="CHANGES_REQUESTED"), again, review(ROBIN, OTTER, 92)) == 2
    assert rounds(asks, review(FINCH, OTTER, 92, state="CHANGES_REQUESTED"), review(FINCH, OTTER, 93)) == 3


def test_an_open_one_has_an_age_and_no_time_to_merge() -> None:
    found = known([pull(97), *others(1, 2, 3, 4, 5)])
    assert (found.merged, found.age, found.merge.own, found.merge.median) == (False, 72, None, 72)


def test_what_is_not_there_is_none() -> None:
    assert waits([pull(90, 93)], number=2) is None
    assert waits([pull(101)]) is None


def test_odd_data_is_no_duration() -> None:
    assert known([pull(93, 90), *others(1, 2, 3, 4, 5)]).merge.own is None
